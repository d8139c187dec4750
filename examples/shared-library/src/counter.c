#include "counter.h"

unsigned long counter_lines(const char *text) {
  unsigned long lines = 0;
  char last = '\n';
  for (; *text; last = *text++)
    if (*text == '\n') lines++;
  return lines + (last != '\n');
}

#include <counter.h>
#include <stdio.h>

int main(int argc, char **argv) {
  if (argc != 2) return fputs("usage: count TEXT\n", stderr), 2;
  printf("%lu\n", counter_lines(argv[1]));
  return 0;
}

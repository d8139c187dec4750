#ifndef COUNTER_H
#define COUNTER_H

/* How many lines a text has; what follows the last line break counts when it is not empty. */
unsigned long counter_lines(const char *text);

#endif

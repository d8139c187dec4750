#include "greeter.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char USAGE[] = "usage: greeter [--address ADDRESS] [--port PORT] [--greeting TEXT]\n"
                            "       greeter --check PATH [--address ADDRESS] [--port PORT]\n"
                            "       greeter --version | --help\n";

static const char *setting(const char *name, const char *fallback) {
  const char *value = getenv(name);
  return value == NULL || *value == '\0' ? fallback : value;
}

int main(int argc, char **argv) {
  static const struct option options[] = {
      {"address", required_argument, NULL, 'a'}, {"port", required_argument, NULL, 'p'},
      {"greeting", required_argument, NULL, 'g'}, {"check", required_argument, NULL, 'c'},
      {"version", no_argument, NULL, 'V'},        {"help", no_argument, NULL, 'h'},
      {NULL, 0, NULL, 0},
  };
  struct greeter greeter = {.greeting = setting("GREETING", "Hello")};
  const char *address = setting("ADDRESS", "0.0.0.0");
  const char *port = setting("PORT", "8080");
  const char *path = NULL;

  for (int option; (option = getopt_long(argc, argv, "a:p:g:c:Vh", options, NULL)) != -1;) {
    switch (option) {
    case 'a': address = optarg; break;
    case 'p': port = optarg; break;
    case 'g': greeter.greeting = optarg; break;
    case 'c': path = optarg; break;
    case 'V': puts("greeter " GREETER_VERSION); return EXIT_SUCCESS;
    case 'h': fputs(USAGE, stdout); return EXIT_SUCCESS;
    default: fputs(USAGE, stderr); return 2;
    }
  }
  if (optind < argc) {
    fputs(USAGE, stderr);
    return 2;
  }
  return path == NULL ? serve(&greeter, address, port) : check(address, port, path);
}

#ifndef GREETER_H
#define GREETER_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#ifndef GREETER_VERSION
#define GREETER_VERSION "unreleased"
#endif

#define REQUEST_LIMIT 8192
#define BODY_LIMIT 4096

struct request {
  char method[8];
  char path[1024];
  bool wants_json;
  bool keep_alive;
};

struct response {
  int status;
  const char *content_type;
  char body[BODY_LIMIT];
  size_t length;
};

struct greeter {
  const char *greeting;
  time_t started;
  unsigned long requests;
};

/* Length of the request head in the buffer, 0 when it is not complete yet. */
size_t request_head_length(const char *buffer, size_t length);

/* Parses a complete head. Returns 0, or the status to answer with. */
int parse_request(const char *head, size_t length, struct request *request);

/* Answers one request. */
void route(struct greeter *greeter, const struct request *request, struct response *response);

/* A response that says what went wrong. */
void problem(struct response *response, int status);

/* Writes status line, headers and body; returns the number of bytes. */
size_t format_response(const struct request *request, const struct response *response, char *buffer, size_t size);

/* Serves until SIGTERM or SIGINT, then finishes what it has begun. Returns an exit status. */
int serve(struct greeter *greeter, const char *address, const char *port);

/* Asks a running greeter for a path and prints the body. Returns 0 for status 200. */
int check(const char *address, const char *port, const char *path);

#endif

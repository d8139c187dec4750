#include "greeter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *reason(int status) {
  switch (status) {
  case 200: return "OK";
  case 400: return "Bad Request";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 431: return "Request Header Fields Too Large";
  case 503: return "Service Unavailable";
  case 505: return "HTTP Version Not Supported";
  default: return "Internal Server Error";
  }
}

__attribute__((format(printf, 4, 5))) static void answer(struct response *response, int status, const char *type,
                                                         const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(response->body, sizeof response->body, format, arguments);
  va_end(arguments);
  response->status = status;
  response->content_type = type;
  response->length = length < 0 ? 0 : (size_t)length < sizeof response->body ? (size_t)length : sizeof response->body - 1;
}

static const char TEXT[] = "text/plain; charset=utf-8";
static const char JSON[] = "application/json";

void problem(struct response *response, int status) {
  answer(response, status, TEXT, "%d %s\n", status, reason(status));
}

/* A string as JSON text without the quotes. */
static void json_escape(const char *from, char *to, size_t size) {
  size_t used = 0;
  for (; *from != '\0' && used + 7 < size; from++) {
    unsigned char c = (unsigned char)*from;
    if (c == '"' || c == '\\') {
      to[used++] = '\\';
      to[used++] = (char)c;
    } else if (c < 0x20) {
      used += (size_t)snprintf(to + used, size - used, "\\u%04x", c);
    } else {
      to[used++] = (char)c;
    }
  }
  to[used] = '\0';
}

static void greet(const struct greeter *greeter, const struct request *request, const char *name,
                  struct response *response) {
  if (!request->wants_json) {
    answer(response, 200, TEXT, "%s, %s!\n", greeter->greeting, name);
    return;
  }
  char greeting[512], escaped[1536];
  json_escape(greeter->greeting, greeting, sizeof greeting);
  json_escape(name, escaped, sizeof escaped);
  answer(response, 200, JSON, "{\"greeting\":\"%s\",\"name\":\"%s\"}\n", greeting, escaped);
}

static void about(const struct greeter *greeter, struct response *response) {
  answer(response, 200, JSON, "{\"name\":\"greeter\",\"version\":\"%s\",\"uptime\":%ld,\"requests\":%lu}\n",
         GREETER_VERSION, (long)(time(NULL) - greeter->started), greeter->requests);
}

void route(struct greeter *greeter, const struct request *request, struct response *response) {
  static const char hello[] = "/hello/";
  greeter->requests++;
  if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0) {
    problem(response, 405);
  } else if (strcmp(request->path, "/") == 0) {
    greet(greeter, request, "world", response);
  } else if (strncmp(request->path, hello, sizeof hello - 1) == 0 && request->path[sizeof hello - 1] != '\0') {
    greet(greeter, request, request->path + sizeof hello - 1, response);
  } else if (strcmp(request->path, "/health") == 0) {
    answer(response, 200, JSON, "{\"status\":\"ok\"}\n");
  } else if (strcmp(request->path, "/about") == 0) {
    about(greeter, response);
  } else {
    problem(response, 404);
  }
}

size_t format_response(const struct request *request, const struct response *response, char *buffer, size_t size) {
  bool head_only = strcmp(request->method, "HEAD") == 0;
  int length = snprintf(buffer, size,
                        "HTTP/1.1 %d %s\r\n"
                        "Content-Type: %s\r\n"
                        "Content-Length: %zu\r\n"
                        "%s"
                        "Connection: %s\r\n"
                        "\r\n"
                        "%.*s",
                        response->status, reason(response->status), response->content_type, response->length,
                        response->status == 405 ? "Allow: GET, HEAD\r\n" : "",
                        request->keep_alive ? "keep-alive" : "close",
                        head_only ? 0 : (int)response->length, response->body);
  return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1;
}

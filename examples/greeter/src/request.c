#include "greeter.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

size_t request_head_length(const char *buffer, size_t length) {
  const char *end = memmem(buffer, length, "\r\n\r\n", 4);
  return end == NULL ? 0 : (size_t)(end - buffer) + 4;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* Decodes %XX in place of the copy; the query is cut off. Refuses NUL, control characters and bad escapes. */
static bool decode_path(const char *from, size_t length, char *to, size_t size) {
  size_t used = 0;
  for (size_t i = 0; i < length && from[i] != '?'; i++) {
    int byte = (unsigned char)from[i];
    if (byte == '%') {
      if (i + 2 >= length) return false;
      int high = hex_digit(from[i + 1]), low = hex_digit(from[i + 2]);
      if (high < 0 || low < 0) return false;
      byte = high * 16 + low;
      i += 2;
    }
    if (byte < 0x20 || byte == 0x7f || used + 1 >= size) return false;
    to[used++] = (char)byte;
  }
  to[used] = '\0';
  return used > 0 && to[0] == '/';
}

static bool header_is(const char *line, size_t length, const char *name, const char *wanted) {
  size_t name_length = strlen(name);
  if (length <= name_length || strncasecmp(line, name, name_length) != 0 || line[name_length] != ':') return false;
  char value[256];
  size_t size = length - name_length - 1;
  if (size >= sizeof value) size = sizeof value - 1;
  memcpy(value, line + name_length + 1, size);
  value[size] = '\0';
  return strcasestr(value, wanted) != NULL;
}

static void parse_headers(const char *at, const char *end, struct request *request) {
  while (at < end) {
    const char *line_end = memmem(at, (size_t)(end - at), "\r\n", 2);
    if (line_end == NULL || line_end == at) return;
    size_t length = (size_t)(line_end - at);
    if (header_is(at, length, "Accept", "application/json")) request->wants_json = true;
    if (header_is(at, length, "Connection", "close")) request->keep_alive = false;
    if (header_is(at, length, "Connection", "keep-alive")) request->keep_alive = true;
    at = line_end + 2;
  }
}

int parse_request(const char *head, size_t length, struct request *request) {
  const char *line_end = memmem(head, length, "\r\n", 2);
  const char *method_end = line_end == NULL ? NULL : memchr(head, ' ', (size_t)(line_end - head));
  if (method_end == NULL || (size_t)(method_end - head) >= sizeof request->method) return 400;
  const char *target = method_end + 1;
  const char *target_end = memchr(target, ' ', (size_t)(line_end - target));
  if (target_end == NULL) return 400;
  const char *protocol = target_end + 1;
  if (line_end - protocol != 8 || memcmp(protocol, "HTTP/1.", 7) != 0) return 505;

  memcpy(request->method, head, (size_t)(method_end - head));
  request->method[method_end - head] = '\0';
  request->keep_alive = protocol[7] != '0';
  request->wants_json = false;
  if (!decode_path(target, (size_t)(target_end - target), request->path, sizeof request->path)) return 400;
  parse_headers(line_end + 2, head + length, request);
  return 0;
}

#include "greeter.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int connect_to(const char *address, const char *port) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
  struct addrinfo *found = NULL;
  if (getaddrinfo(address, port, &hints, &found) != 0) return -1;
  struct timeval limit = {.tv_sec = 5};
  int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
      close(fd);
      fd = -1;
    }
  }
  freeaddrinfo(found);
  return fd;
}

int check(const char *address, const char *port, const char *path) {
  /* A server that listens everywhere is asked on loopback. */
  if (strcmp(address, "0.0.0.0") == 0) address = "127.0.0.1";
  if (strcmp(address, "::") == 0) address = "::1";
  int fd = connect_to(address, port);
  if (fd < 0) {
    fprintf(stderr, "greeter: nobody answers on %s port %s\n", address, port);
    return EXIT_FAILURE;
  }
  char buffer[BODY_LIMIT + 512];
  int length = snprintf(buffer, sizeof buffer, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
  if (length < 0 || (size_t)length >= sizeof buffer || send(fd, buffer, (size_t)length, MSG_NOSIGNAL) != length) {
    close(fd);
    return EXIT_FAILURE;
  }
  size_t used = 0;
  ssize_t count;
  while (used + 1 < sizeof buffer && (count = recv(fd, buffer + used, sizeof buffer - used - 1, 0)) > 0) {
    used += (size_t)count;
  }
  close(fd);
  buffer[used] = '\0';
  const char *body = strstr(buffer, "\r\n\r\n");
  if (body != NULL) fputs(body + 4, stdout);
  return strncmp(buffer, "HTTP/1.1 200 ", 13) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

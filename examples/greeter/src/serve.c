#include "greeter.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 64
#define IDLE_SECONDS 15
#define GRACE_SECONDS 5

struct connection {
  int fd; /* -1: free */
  time_t active;
  char in[REQUEST_LIMIT];
  size_t in_length;
  char out[BODY_LIMIT + 512];
  size_t out_length;
  size_t out_done;
  bool closing; /* once the answer is written */
};

static struct connection connections[CONNECTIONS];

static int listen_on(const char *address, const char *port) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST};
  struct addrinfo *found = NULL;
  int failure = getaddrinfo(address, port, &hints, &found);
  if (failure != 0) {
    fprintf(stderr, "greeter: %s port %s: %s\n", address, port, gai_strerror(failure));
    return -1;
  }
  int on = 1;
  int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, 128) != 0) {
    fprintf(stderr, "greeter: cannot listen on %s port %s: %s\n", address, port, strerror(errno));
    if (fd >= 0) close(fd);
    fd = -1;
  }
  freeaddrinfo(found);
  return fd;
}

static void announce(int fd, const char *address) {
  struct sockaddr_storage name;
  socklen_t length = sizeof name;
  char port[16] = "?";
  if (getsockname(fd, (struct sockaddr *)&name, &length) == 0) {
    getnameinfo((struct sockaddr *)&name, length, NULL, 0, port, sizeof port, NI_NUMERICSERV);
  }
  fprintf(stderr, "greeter %s listening on %s port %s\n", GREETER_VERSION, address, port);
}

static void drop(struct connection *connection) {
  close(connection->fd);
  connection->fd = -1;
}

static void accept_all(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    struct connection *free_one = NULL;
    for (size_t i = 0; i < CONNECTIONS && free_one == NULL; i++) {
      if (connections[i].fd < 0) free_one = &connections[i];
    }
    if (free_one == NULL) {
      close(fd);
      continue;
    }
    free_one->fd = fd;
    free_one->active = time(NULL);
    free_one->in_length = free_one->out_length = free_one->out_done = 0;
    free_one->closing = false;
  }
}

/* Answers the request at the start of the buffer, if it is complete. */
static void answer_next(struct greeter *greeter, struct connection *connection, bool stopping) {
  size_t head = request_head_length(connection->in, connection->in_length);
  if (head == 0 && connection->in_length < sizeof connection->in) return;
  struct request request = {.method = "GET"};
  struct response response;
  int failure = head == 0 ? 431 : parse_request(connection->in, head, &request);
  if (failure != 0) {
    request.keep_alive = false;
    problem(&response, failure);
  } else {
    route(greeter, &request, &response);
  }
  if (stopping) request.keep_alive = false;
  connection->out_length = format_response(&request, &response, connection->out, sizeof connection->out);
  connection->out_done = 0;
  connection->closing = !request.keep_alive;
  connection->in_length -= head;
  memmove(connection->in, connection->in + head, connection->in_length);
}

/* Returns false when the connection is over. */
static bool receive(struct connection *connection) {
  ssize_t count = recv(connection->fd, connection->in + connection->in_length,
                       sizeof connection->in - connection->in_length, 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  connection->in_length += (size_t)count;
  return count > 0;
}

static bool transmit(struct connection *connection) {
  ssize_t count = send(connection->fd, connection->out + connection->out_done,
                       connection->out_length - connection->out_done, MSG_NOSIGNAL);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  connection->out_done += (size_t)count;
  if (connection->out_done < connection->out_length) return true;
  connection->out_length = connection->out_done = 0;
  return !connection->closing;
}

static bool has_answer(const struct connection *connection) { return connection->out_length > connection->out_done; }

static void attend(struct greeter *greeter, struct connection *connection, short events, bool stopping) {
  bool alive = (events & (POLLERR | POLLNVAL)) == 0;
  if (alive && (events & (POLLIN | POLLHUP)) != 0 && !has_answer(connection)) alive = receive(connection);
  /* Requests that came in one piece are answered one after the other, as far as the socket takes the answers. */
  while (alive) {
    if (!has_answer(connection)) answer_next(greeter, connection, stopping);
    if (!has_answer(connection)) break;
    alive = transmit(connection);
    if (has_answer(connection)) break;
  }
  connection->active = time(NULL);
  if (!alive) drop(connection);
}

/* While stopping, only connections with a request or an answer under way are kept. */
static size_t tidy(bool stopping) {
  size_t open = 0;
  time_t now = time(NULL);
  for (size_t i = 0; i < CONNECTIONS; i++) {
    struct connection *connection = &connections[i];
    if (connection->fd < 0) continue;
    bool idle = connection->in_length == 0 && !has_answer(connection);
    if ((stopping && idle) || now - connection->active > IDLE_SECONDS) drop(connection);
    else open++;
  }
  return open;
}

static int signals(void) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  sigprocmask(SIG_BLOCK, &stop, NULL);
  return signalfd(-1, &stop, SFD_NONBLOCK | SFD_CLOEXEC);
}

int serve(struct greeter *greeter, const char *address, const char *port) {
  int stop = signals();
  int listener = listen_on(address, port);
  if (listener < 0 || stop < 0) return EXIT_FAILURE;
  for (size_t i = 0; i < CONNECTIONS; i++) connections[i].fd = -1;
  greeter->started = time(NULL);
  announce(listener, address);

  time_t deadline = 0;
  for (;;) {
    bool stopping = deadline != 0;
    size_t open = tidy(stopping);
    if (stopping && (open == 0 || time(NULL) >= deadline)) break;
    struct pollfd watched[CONNECTIONS + 2] = {{.fd = stop, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    for (size_t i = 0; i < CONNECTIONS; i++) {
      watched[i + 2].fd = connections[i].fd;
      watched[i + 2].events = has_answer(&connections[i]) ? POLLOUT : POLLIN;
    }
    if (poll(watched, CONNECTIONS + 2, 1000) < 0 && errno != EINTR) return EXIT_FAILURE;
    struct signalfd_siginfo caught;
    if (read(stop, &caught, sizeof caught) == sizeof caught && !stopping) {
      fprintf(stderr, "greeter: stopping\n");
      deadline = time(NULL) + GRACE_SECONDS;
      close(listener);
      listener = -1;
    }
    if (watched[1].revents != 0 && listener >= 0) accept_all(listener);
    for (size_t i = 0; i < CONNECTIONS; i++) {
      if (watched[i + 2].fd >= 0 && watched[i + 2].revents != 0) {
        attend(greeter, &connections[i], watched[i + 2].revents, deadline != 0);
      }
    }
  }
  fprintf(stderr, "greeter: answered %lu requests\n", greeter->requests);
  return EXIT_SUCCESS;
}

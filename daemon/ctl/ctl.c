// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The control socket: clients, lines and limits.
 *
 * A client is answered one request at a time: the next is not read before the
 * last reply has gone. So a client that asks much and reads nothing costs one
 * reply of memory, and its silence ends it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "ctl/ctl.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <utlist.h>

#include "ctl/command.h"

/**
 * struct ctl_client - somebody connected
 * @ctl: the socket it came to
 * @bev: its connection
 * @ending: it is hung up on when the last reply has gone
 * @prev: in the list of clients
 * @next:	likewise
 */
struct ctl_client {
	struct ctl *ctl;
	struct bufferevent *bev;
	bool ending;
	struct ctl_client *prev;
	struct ctl_client *next;
};

struct ctl {
	struct sockaddr_un address;
	struct event_base *base;
	struct evconnlistener *listener;
	const struct ctl_sources *sources;
	struct ctl_client *clients;
	unsigned int n_clients;
};

static void client_free(struct ctl_client *client)
{
	DL_DELETE(client->ctl->clients, client);
	client->ctl->n_clients--;
	bufferevent_free(client->bev);
	free(client);
}

/* Send a reply, which is freed; without one there is nothing more to say. */
static void client_reply(struct ctl_client *client, char *reply)
{
	if (reply)
		bufferevent_write(client->bev, reply, strlen(reply));
	else
		client->ending = true;
	free(reply);
}

/* Answer the next request if there is a whole one. */
static bool client_serve(struct ctl_client *client)
{
	struct evbuffer *input = bufferevent_get_input(client->bev);
	size_t len;
	char *line;

	line = evbuffer_readln(input, &len, EVBUFFER_EOL_LF);
	if (line && len <= CTL_MAX_REQUEST) {
		client_reply(client,
			     ctl_answer(client->ctl->sources, line, len));
	} else if (line || evbuffer_get_length(input) > CTL_MAX_REQUEST) {
		client_reply(client,
			     ctl_refusal("a request has at most 4096 bytes"));
		evbuffer_drain(input, evbuffer_get_length(input));
		client->ending = true;
	} else {
		return false;
	}
	free(line);
	return true;
}

/* Nothing is on its way to the client: serve it, or hang up. */
static void client_turn(struct ctl_client *client)
{
	struct evbuffer *output = bufferevent_get_output(client->bev);
	bool ended = client->ending;

	if (evbuffer_get_length(output))
		return;
	if (client_serve(client) && evbuffer_get_length(output)) {
		bufferevent_disable(client->bev, EV_READ);
		return;
	}
	if (ended || client->ending)
		client_free(client);
	else
		bufferevent_enable(client->bev, EV_READ);
}

static void on_client_readable(struct bufferevent *bev, void *arg)
{
	(void)bev;
	client_turn(arg);
}

static void on_client_written(struct bufferevent *bev, void *arg)
{
	(void)bev;
	client_turn(arg);
}

static void on_client_event(struct bufferevent *bev, short what, void *arg)
{
	struct ctl_client *client = arg;

	(void)bev;
	if (what & BEV_EVENT_EOF) {
		/* It may have asked, shut down its side, and be listening. */
		client->ending = true;
		client_turn(client);
	} else {
		client_free(client);
	}
}

static void refuse(evutil_socket_t fd)
{
	char *line = ctl_refusal("too many clients");

	/* It is hung up on whether it hears why or not. */
	if (line)
		(void)send(fd, line, strlen(line), MSG_DONTWAIT);
	free(line);
	close(fd);
}

static void on_connect(struct evconnlistener *listener, evutil_socket_t fd,
		       struct sockaddr *address, int len, void *arg)
{
	const struct timeval idle = { .tv_sec = CTL_IDLE_S };
	struct ctl_client *client;
	struct ctl *ctl = arg;

	(void)listener;
	(void)address;
	(void)len;
	if (ctl->n_clients == CTL_MAX_CLIENTS) {
		refuse(fd);
		return;
	}
	client = calloc(1, sizeof(*client));
	if (!client)
		goto err_close;
	client->ctl = ctl;
	client->bev = bufferevent_socket_new(ctl->base, fd,
					     BEV_OPT_CLOSE_ON_FREE);
	if (!client->bev)
		goto err_free;
	DL_APPEND(ctl->clients, client);
	ctl->n_clients++;
	bufferevent_setcb(client->bev, on_client_readable, on_client_written,
			  on_client_event, client);
	bufferevent_setwatermark(client->bev, EV_READ, 0, CTL_MAX_REQUEST + 2);
	bufferevent_set_timeouts(client->bev, &idle, &idle);
	bufferevent_enable(client->bev, EV_READ | EV_WRITE);
	return;

err_free:
	free(client);
err_close:
	close(fd);
}

static int make_directory(const char *path)
{
	char copy[sizeof(((struct sockaddr_un *)NULL)->sun_path)];

	strcpy(copy, path);
	if (mkdir(dirname(copy), 0755) && errno != EEXIST)
		return -errno;
	return 0;
}

/*
 * A socket whose owner has died refuses connections: its file may go. So does a
 * file that is no socket, which may not.
 */
static int remove_dead(const struct sockaddr_un *address)
{
	struct stat status;
	int err = 0;
	int fd;

	if (lstat(address->sun_path, &status))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(status.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)) ||
	    errno == EAGAIN)
		err = -EADDRINUSE;
	else if (errno == ECONNREFUSED && unlink(address->sun_path))
		err = -errno;
	close(fd);
	return err;
}

/* A listening socket that only owner and group can open, or -1. */
static int listen_at(const struct sockaddr_un *address)
{
	mode_t mask;
	int fd, err;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	mask = umask(0117);
	err = bind(fd, (const struct sockaddr *)address, sizeof(*address));
	umask(mask);
	if (!err && !listen(fd, CTL_MAX_CLIENTS))
		return fd;
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

struct ctl *ctl_open(struct event_base *base, const char *path,
		     const struct ctl_sources *sources)
{
	struct ctl *ctl;
	int fd, err;

	if (strlen(path) >= sizeof(ctl->address.sun_path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	ctl = calloc(1, sizeof(*ctl));
	if (!ctl)
		return NULL;
	ctl->base = base;
	ctl->sources = sources;
	ctl->address.sun_family = AF_UNIX;
	strcpy(ctl->address.sun_path, path);

	err = make_directory(path) ?: remove_dead(&ctl->address);
	if (err)
		goto err_free;
	fd = listen_at(&ctl->address);
	if (fd < 0) {
		err = -errno;
		goto err_free;
	}
	ctl->listener = evconnlistener_new(base, on_connect, ctl,
					   LEV_OPT_CLOSE_ON_FREE |
					   LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!ctl->listener) {
		err = -ENOMEM;
		goto err_close;
	}
	return ctl;

err_close:
	close(fd);
	unlink(path);
err_free:
	free(ctl);
	errno = -err;
	return NULL;
}

void ctl_close(struct ctl *ctl)
{
	struct ctl_client *client, *next;

	if (!ctl)
		return;
	DL_FOREACH_SAFE(ctl->clients, client, next)
		client_free(client);
	evconnlistener_free(ctl->listener);
	unlink(ctl->address.sun_path);
	free(ctl);
}

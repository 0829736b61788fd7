// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastd: options, the loop, and when to serve.
 *
 * It stays in the foreground, for a service manager to watch over; a daemon that
 * forks twice only hides from it. Serving begins when a WAN has an address, and
 * follows what changes at the WANs (gateway/place.h). SIGTERM and SIGINT end
 * it and take everything down.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "conf/conf.h"
#include "ctl/ctl.h"
#include "gateway/gateway.h"
#include "gateway/place.h"
#include "log/log.h"
#include "notify.h"

/* Seconds between two looks at where we are */
#define LOOK_S 5

/* Room for all addresses that we serve by */
#define SERVING_LEN (CONF_MAX_WANS * PLACE_N_FAMILIES * (INET6_ADDRSTRLEN + 2))

#define EXIT_USAGE 2

static const char usage[] =
	"usage: sipfastd [OPTION]...\n"
	"\n"
	"  -c, --config FILE     configuration, " CONF_DEFAULT_PATH " if not given\n"
	"      --check           say what is wrong with the configuration, and end\n"
	"      --keep-calls      leave running calls with the kernel at the end\n"
	"      --log-level WORD  error, warning, notice, info (as is) or debug\n"
	"  -f, --foreground      stay in the foreground; it always does\n"
	"  -v, --version         say the version, and end\n"
	"  -h, --help            say this, and end\n"
	"\n"
	"SIGTERM and SIGINT end it. sipfastd(8) tells more.\n";

/** struct options - the command line */
struct options {
	const char *path;
	bool check;
	bool keep_calls;
	enum log_level level;
};

/**
 * struct service - the running daemon
 * @conf: configuration
 * @base: event loop
 * @ctl: control socket
 * @sources: where its answers come from
 * @gateway: what serves; NULL while waiting
 * @place: where it serves, or did last
 * @why: what we are waiting for, as it was said last
 * @ticks: seconds since the beginning
 * @failed: end with an error
 */
struct service {
	struct conf *conf;
	struct event_base *base;
	struct ctl *ctl;
	struct ctl_sources sources;
	struct gateway *gateway;
	struct place place;
	char why[PLACE_WHY_LEN];
	unsigned int ticks;
	bool failed;
};

static void stop_serving(struct service *service, bool keep)
{
	gateway_close(service->gateway, keep);
	service->gateway = NULL;
	service->sources = (struct ctl_sources){
		.state = service->why,
		.now_ms = gateway_now_ms,
	};
}

/* It is said once, however often it is looked. */
static void wait_for_place(struct service *service, const char *why)
{
	stop_serving(service, false);
	if (!strcmp(service->why, why))
		return;
	strcpy(service->why, why);
	log_warning("SIP is left alone: %s", why);
	notify("STATUS=Waiting: %s", why);
}

/* "203.0.113.1, 2001:db8::1": how the world sees us */
static void write_place(const struct place *place, char *text, size_t size)
{
	const struct sockaddr_storage *advertised;
	char host[INET6_ADDRSTRLEN];
	unsigned int i, j;
	size_t len = 0;

	*text = '\0';
	for (i = 0; i < CONF_MAX_WANS; i++) {
		for (j = 0; j < PLACE_N_FAMILIES; j++) {
			advertised = &place->wans[i].egresses[j].advertised;
			if (!advertised->ss_family || len >= size)
				continue;
			getnameinfo((const struct sockaddr *)advertised,
				    sizeof(*advertised), host, sizeof(host),
				    NULL, 0, NI_NUMERICHOST);
			len += snprintf(text + len, size - len, "%s%s",
					len ? ", " : "", host);
		}
	}
}

/* Of a WAN that is left alone while others serve it is said once why. */
static void say_wans(const struct service *service, const struct place *place)
{
	const char *why, *before;
	unsigned int i;

	for (i = 0; i < service->conf->n_wans; i++) {
		why = place->wans[i].why;
		before = service->place.wans[i].why;
		if (*why && strcmp(why, before))
			log_warning("SIP by %s is left alone: %s",
				    service->conf->wans[i].ifname, why);
	}
}

static void say_place(struct service *service, const struct place *place)
{
	char text[SERVING_LEN];

	say_wans(service, place);
	service->place = *place;
	write_place(place, text, sizeof(text));
	log_info("serving as %s", text);
	notify("STATUS=Serving as %s", text);
}

static void start_serving(struct service *service, const struct place *place)
{
	service->gateway = gateway_open(service->base, service->conf, place);
	if (!service->gateway) {
		service->failed = true;
		event_base_loopbreak(service->base);
		return;
	}
	service->why[0] = '\0';
	service->sources.state = "serving";
	gateway_show(service->gateway, &service->sources);
	say_place(service, place);
}

static void move(struct service *service, const struct place *place)
{
	bool is_same = place_is_outside_same(place, &service->place);

	if (gateway_move(service->gateway, place)) {
		stop_serving(service, true);
		start_serving(service, place);
	} else if (is_same) {
		say_wans(service, place);
		service->place = *place;
	} else {
		say_place(service, place);
	}
}

static void look_around(struct service *service)
{
	char why[PLACE_WHY_LEN];
	struct place place;

	if (place_look(service->conf, &service->place, &place, why)) {
		wait_for_place(service, why);
	} else if (!service->gateway) {
		start_serving(service, &place);
	} else if (place_is_inside_same(&place, &service->place)) {
		move(service, &place);
	} else {
		log_notice("LAN interfaces have changed, beginning anew");
		stop_serving(service, true);
		start_serving(service, &place);
	}
}

static void on_second(evutil_socket_t fd, short what, void *arg)
{
	struct service *service = arg;

	(void)fd;
	(void)what;
	if (service->gateway)
		gateway_tick(service->gateway);
	if (++service->ticks % LOOK_S == 0)
		look_around(service);
	notify("WATCHDOG=1");
}

static void on_end(evutil_socket_t number, short what, void *arg)
{
	struct service *service = arg;

	(void)what;
	log_info("ending: %s", strsignal(number));
	event_base_loopexit(service->base, NULL);
}

static void say_mistake(void *arg, const char *line)
{
	(void)arg;
	log_err("%s", line);
}

/* Ports and interfaces are not changed under running calls. */
static void on_hangup(evutil_socket_t number, short what, void *arg)
{
	const struct service *service = arg;
	struct conf *conf;

	(void)number;
	(void)what;
	conf = conf_load(service->conf->path, say_mistake, NULL);
	if (conf)
		log_notice("%s is right; a restart lets it take effect",
			   conf->path);
	conf_free(conf);
}

/* Run the loop until the end. The events live as long as it runs. */
static int run(struct service *service)
{
	const struct timeval second = { .tv_sec = 1 };
	struct event *events[] = {
		evsignal_new(service->base, SIGTERM, on_end, service),
		evsignal_new(service->base, SIGINT, on_end, service),
		evsignal_new(service->base, SIGHUP, on_hangup, service),
		event_new(service->base, -1, EV_PERSIST, on_second, service),
	};
	const size_t n_events = sizeof(events) / sizeof(events[0]);
	int err = 0;
	size_t i;

	for (i = 0; i < n_events; i++)
		if (!events[i] || event_add(events[i], i == n_events - 1 ?
					    &second : NULL))
			err = -ENOMEM;
	look_around(service);
	if (!err && !service->failed) {
		notify("READY=1");
		event_base_dispatch(service->base);
		notify("STOPPING=1");
	}
	for (i = 0; i < n_events; i++)
		if (events[i])
			event_free(events[i]);
	return err;
}

static int serve(struct conf *conf)
{
	struct service service = {
		.conf = conf,
		.sources = { .now_ms = gateway_now_ms },
	};
	int status = EXIT_FAILURE;

	service.sources.state = service.why;
	signal(SIGPIPE, SIG_IGN);
	if (!gateway_probe())
		return EXIT_FAILURE;
	service.base = event_base_new();
	if (!service.base) {
		log_err("event loop: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	service.ctl = ctl_open(service.base, conf->socket, &service.sources);
	if (!service.ctl) {
		log_err("%s: %s", conf->socket, errno == EADDRINUSE ?
			"another sipfastd is running" : strerror(errno));
		goto err_base;
	}
	if (run(&service))
		log_err("out of memory");
	else if (!service.failed)
		status = EXIT_SUCCESS;
	gateway_close(service.gateway, conf->keep_calls);
	ctl_close(service.ctl);
err_base:
	event_base_free(service.base);
	return status;
}

static void print_mistake(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "%s\n", line);
}

static int check(const char *path)
{
	struct conf *conf = conf_load(path, print_mistake, NULL);

	if (!conf)
		return EXIT_FAILURE;
	printf("%s: OK\n", conf->path);
	conf_free(conf);
	return EXIT_SUCCESS;
}

/* Return: -1 to go on, or the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
	enum { CHECK = 256, KEEP_CALLS, LOG_LEVEL };
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, CHECK },
		{ "keep-calls", no_argument, NULL, KEEP_CALLS },
		{ "log-level", required_argument, NULL, LOG_LEVEL },
		{ "foreground", no_argument, NULL, 'f' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option, level;

	while ((option = getopt_long(argc, argv, "c:fvh", longs, NULL)) != -1) {
		switch (option) {
		case 'c':
			options->path = optarg;
			break;
		case CHECK:
			options->check = true;
			break;
		case KEEP_CALLS:
			options->keep_calls = true;
			break;
		case LOG_LEVEL:
			level = log_level_parse(optarg);
			if (level < 0) {
				fprintf(stderr,
					"sipfastd: no such log level: %s\n",
					optarg);
				return EXIT_USAGE;
			}
			options->level = level;
			break;
		case 'f':
			break;
		case 'v':
			printf("sipfastd %s\n", SIPFAST_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "sipfastd: unexpected: %s\n%s", argv[optind],
			usage);
		return EXIT_USAGE;
	}
	return -1;
}

/* Each public port is a descriptor, and each TCP connection two. */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		goto err_say;
	limit.rlim_cur = limit.rlim_max;
	if (!setrlimit(RLIMIT_NOFILE, &limit))
		return;

err_say:
	log_warning("raising the limit of descriptors: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	struct options options = {
		.path = CONF_DEFAULT_PATH,
		.level = LOG_LEVEL_INFO,
	};
	struct conf *conf;
	int status;

	status = parse_options(argc, argv, &options);
	if (status >= 0)
		return status;
	if (options.check)
		return check(options.path);
	/* Set where standard error is the journal's: systemd.exec(5) */
	log_init(options.level, !!getenv("JOURNAL_STREAM"));
	conf = conf_load(options.path, say_mistake, NULL);
	if (!conf)
		return EXIT_FAILURE;
	if (options.keep_calls)
		conf->keep_calls = true;
	allow_descriptors();
	status = serve(conf);
	conf_free(conf);
	return status;
}

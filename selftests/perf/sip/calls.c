// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What many phones and calls take:
 *
 *	sf_calls endpoints N STORE	N phones register
 *	sf_calls calls N STORE		N calls are set up, and then all of them end
 *
 * Each message goes through the ALG and into the store, as it would in the daemon;
 * see stage.h for what is not real. Says how many bytes of memory each has taken,
 * and how many a second there were, which is of this machine only:
 *
 *	endpoints 10000 bytes 2345 a-second 12345
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stage.h"

/* One host may have so many phones; 500 hosts make 10,000. */
#define PORTS_PER_HOST 20

static void die(const char *why)
{
	fprintf(stderr, "sf_calls: %s\n%s\n", why, stage.last);
	exit(EXIT_FAILURE);
}

/* What stands behind @name in the message that was sent last. */
static const char *field(const char *name, char *value, size_t size)
{
	const char *at = strstr(stage.last, name);
	const char *end = at ? strstr(at, "\r\n") : NULL;

	if (!end || end - at >= (ptrdiff_t)size)
		die(name);
	memcpy(value, at, end - at);
	value[end - at] = '\0';
	return value;
}

/* The public port that a phone's message has in its Via. */
static uint16_t public_port(void)
{
	unsigned int port;

	if (sscanf(stage.last + strcspn(stage.last, "\n"),
		   "\nVia: SIP/2.0/UDP 203.0.113.1:%u", &port) != 1)
		die("no public port");
	return port;
}

/* The server says 200 to what was sent last, with @more behind. */
static void answer(uint16_t port, const char *more)
{
	char via[512], from[256], to[256], id[256], cseq[128];
	char msg[STAGE_MAX_MESSAGE];
	int len;

	field("Via:", via, sizeof(via));
	field("From:", from, sizeof(from));
	field("To:", to, sizeof(to));
	field("Call-ID:", id, sizeof(id));
	field("CSeq:", cseq, sizeof(cseq));
	len = snprintf(msg, sizeof(msg),
		       "SIP/2.0 200 OK\r\n%s\r\n%s\r\n%s%s\r\n%s\r\n%s\r\n%s",
		       via, from, to, strstr(to, "tag=") ? "" : ";tag=there",
		       id, cseq, more);
	server_sends(port, msg, len);
	if (strncmp(stage.last, "SIP/2.0 200", 11))
		die("an answer has not come in");
}

static void host_of(unsigned int n, char host[24])
{
	snprintf(host, 24, "192.168.%u.%u", n / PORTS_PER_HOST / 250,
		 n / PORTS_PER_HOST % 250 + 1);
}

static uint16_t port_of(unsigned int n)
{
	return 5060 + 2 * (n % PORTS_PER_HOST);
}

/* A request of phone @n; @number is its CSeq. */
static void ask(unsigned int n, const char *method, unsigned int number,
		const char *to_tag, const char *rest)
{
	char msg[STAGE_MAX_MESSAGE], host[24];
	int len;

	host_of(n, host);
	len = snprintf(msg, sizeof(msg),
		       "%s sip:u%u@example.com SIP/2.0\r\n"
		       "Via: SIP/2.0/UDP %s:%u;branch=z9hG4bK%u-%s-%u;rport\r\n"
		       "Max-Forwards: 70\r\n"
		       "From: <sip:u%u@example.com>;tag=here\r\n"
		       "To: <sip:u%u@example.com>%s\r\n"
		       "Call-ID: %u-%c@%s\r\n"
		       "CSeq: %u %s\r\n"
		       "Contact: <sip:u%u@%s:%u>\r\n"
		       "User-Agent: Deskphone 4.2.1\r\n%s",
		       method, n, host, port_of(n), n, method, number, n, n,
		       to_tag, n, *method == 'R' ? 'r' : 'c', host, number,
		       method, n, host, port_of(n), rest);
	phone_sends(host, port_of(n), msg, len);
	if (strncmp(stage.last, method, strlen(method)))
		die("a request has not gone out");
}

static const char *sdp(const char *host, unsigned int port, char body[512])
{
	char text[384];

	snprintf(text, sizeof(text),
		 "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
		 "m=audio %u RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n",
		 host, host, port);
	snprintf(body, 512, "Content-Type: application/sdp\r\n"
		 "Content-Length: %zu\r\n\r\n%s", strlen(text), text);
	return body;
}

static void do_register(unsigned int n)
{
	char contact[256], more[320];

	ask(n, "REGISTER", 1, "", "Expires: 3600\r\nContent-Length: 0\r\n\r\n");
	snprintf(more, sizeof(more),
		 "%s;expires=3600\r\nContent-Length: 0\r\n\r\n",
		 field("Contact:", contact, sizeof(contact)));
	answer(public_port(), more);
}

static void begin_call(unsigned int n)
{
	char host[24], body[512], more[640];
	uint16_t port;

	host_of(n, host);
	ask(n, "INVITE", 1, "", sdp(host, 40000 + 2 * (n % 1000), body));
	port = public_port();
	snprintf(more, sizeof(more), "Contact: <sip:s@203.0.113.10>\r\n%s",
		 sdp("203.0.113.10", 6000, body));
	answer(port, more);
	ask(n, "ACK", 1, ";tag=there", "Content-Length: 0\r\n\r\n");
}

static void end_call(unsigned int n)
{
	ask(n, "BYE", 2, ";tag=there", "Content-Length: 0\r\n\r\n");
	answer(public_port(), "Content-Length: 0\r\n\r\n");
}

static void each(unsigned int n, void (*run)(unsigned int n))
{
	unsigned int i;

	for (i = 0; i < n; i++)
		run(i);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void count(void *arg, const struct alg_endpoint_view *view)
{
	*(unsigned int *)arg += view->n_leases == 1;
}

static unsigned int n_registered(void)
{
	unsigned int n = 0;

	alg_each_endpoint(stage.alg, count, &n);
	return n;
}

int main(int argc, char **argv)
{
	const bool calls = argc == 4 && !strcmp(argv[1], "calls");
	unsigned int n;
	size_t before, bytes;
	double begin_s;

	if (argc != 4 || (!calls && strcmp(argv[1], "endpoints"))) {
		fputs("usage: sf_calls endpoints|calls N STORE\n", stderr);
		return EXIT_FAILURE;
	}
	n = atoi(argv[2]);
	open_stage(argv[3]);
	stage.listens = true;
	if (calls)	/* phones that have spoken before */
		each(n, do_register);
	before = mallinfo2().uordblks;
	begin_s = now_s();
	each(n, calls ? begin_call : do_register);
	bytes = mallinfo2().uordblks - before;
	if (calls && calls_count(stage.calls) != n)
		die("calls are missing");
	if (calls)
		each(n, end_call);
	if (n_registered() != n)
		die("endpoints are missing");
	printf("%s %u bytes %zu a-second %.0f\n", argv[1], n, bytes / n,
	       n / (now_s() - begin_s));
	close_stage();
	return EXIT_SUCCESS;
}

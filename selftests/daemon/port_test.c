// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Public ports: a socket, a place in the nft set, a pinhole; all three or none.
 * The kernel's side of it is played by this file.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "gateway/parts.h"
#include "nl/conntrack.h"
#include "nl/nft.h"
#include "nl/pinhole.h"
#include "transport/udp.h"

#define PINHOLE 77

/* What the kernel has, and what it will answer */
static struct {
	int n_ports;
	int n_pinholes;
	int port_answer;
	int pinhole_answer;
	struct nl_pinhole pinhole;
} kernel;

/* What has come to the ALG */
static struct {
	int n;
	const struct alg_endpoint *endpoint;
	bool close;
} came;

static struct conf conf = {
	.media = { 30000, 30999 },
	.guard = { 61000, 65535 },
};

static struct gateway gateway = {
	.conf = &conf,
	.nft = (struct nl_nft *)&kernel,
};

static struct sockaddr_storage opened_at;
static union alg_socket opened;

int nl_nft_port_add(struct nl_nft *nft, uint8_t protocol,
		    const struct sockaddr_storage *public)
{
	(void)protocol;
	(void)nft;
	(void)public;
	kernel.n_ports += !kernel.port_answer;
	return kernel.port_answer;
}

int nl_conntrack_release(uint8_t protocol,
			 const struct sockaddr_storage *local)
{
	(void)protocol;
	(void)local;
	return 0;
}

int nl_nft_port_del(struct nl_nft *nft, uint8_t protocol,
		    const struct sockaddr_storage *public)
{
	(void)protocol;
	(void)nft;
	(void)public;
	kernel.n_ports--;
	return 0;
}

int nl_pinhole_new(struct nl_genl *genl, const struct nl_pinhole *pinhole,
		   uint32_t *id)
{
	(void)genl;
	if (kernel.pinhole_answer)
		return kernel.pinhole_answer;
	kernel.n_pinholes++;
	kernel.pinhole = *pinhole;
	*id = PINHOLE;
	return 0;
}

int nl_pinhole_del(struct nl_genl *genl, uint32_t id)
{
	(void)genl;
	assert_int_equal(id, PINHOLE);
	kernel.n_pinholes--;
	return 0;
}

const char *nl_error(const struct nl_genl *genl)
{
	(void)genl;
	return "";
}

const char *nl_nft_error(const struct nl_nft *nft)
{
	(void)nft;
	return "";
}

uint64_t gateway_now_ms(void)
{
	return 5;
}

void alg_from_wan(struct alg *alg, struct alg_endpoint *endpoint,
		  const struct message *datagram)
{
	(void)alg;
	(void)datagram;
	came.n++;
	came.endpoint = endpoint;
	if (came.close)
		gateway_alg_ops.close(&gateway, TRANSPORT_UDP, &opened_at, opened, PINHOLE);
}

static int open_at(uint16_t port, void *endpoint)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&opened_at;
	uint32_t pinhole = 0;
	int err;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in->sin_port = htons(port);
	err = gateway_alg_ops.open(&gateway, endpoint, TRANSPORT_UDP, &opened_at, &opened,
				   &pinhole);
	if (!err)
		assert_int_equal(pinhole, PINHOLE);
	return err;
}

static void close_it(void)
{
	gateway_alg_ops.close(&gateway, TRANSPORT_UDP, &opened_at, opened, PINHOLE);
}

static void send_to_it(void)
{
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };

	assert_int_equal(udp_send(opened.udp, &opened_at, 0, &iov, 1), 0);
	event_base_loop(gateway.base, EVLOOP_NONBLOCK);
}

static void datagrams_come_with_their_endpoint(void **state)
{
	int endpoint;

	(void)state;
	assert_int_equal(open_at(40070, &endpoint), 0);
	assert_int_equal(kernel.n_ports, 1);
	assert_int_equal(kernel.n_pinholes, 1);
	assert_int_equal(kernel.pinhole.local.port, 40070);
	assert_int_equal(kernel.pinhole.local.addr4.s_addr,
			 htonl(INADDR_LOOPBACK));
	assert_int_equal(kernel.pinhole.protocol, IPPROTO_UDP);
	send_to_it();
	assert_int_equal(came.n, 1);
	assert_ptr_equal(came.endpoint, &endpoint);
	close_it();
	assert_int_equal(kernel.n_ports, 0);
	assert_int_equal(kernel.n_pinholes, 0);
	assert_null(gateway.public_ports);
}

static void port_may_be_closed_by_its_datagram(void **state)
{
	int endpoint;

	(void)state;
	assert_int_equal(open_at(40070, &endpoint), 0);
	came.close = true;
	send_to_it();
	assert_int_equal(came.n, 1);
	assert_null(gateway.public_ports);
	assert_int_equal(kernel.n_pinholes, 0);
}

static void media_and_guard_ports_are_not_lent(void **state)
{
	(void)state;
	assert_int_equal(open_at(30000, NULL), -EADDRINUSE);
	assert_int_equal(open_at(30999, NULL), -EADDRINUSE);
	assert_int_equal(open_at(65535, NULL), -EADDRINUSE);
	assert_int_equal(open_at(31000, NULL), 0);
	close_it();
}

static void ports_that_others_forward_are_not_lent(void **state)
{
	(void)state;
	gateway.avoided[40070 / 8] |= 1 << 40070 % 8;
	assert_int_equal(open_at(40070, NULL), -EADDRINUSE);
	assert_int_equal(open_at(40071, NULL), 0);
	close_it();
	memset(gateway.avoided, 0, sizeof(gateway.avoided));
}

static void taken_port_says_so(void **state)
{
	union alg_socket first;

	(void)state;
	assert_int_equal(open_at(40070, NULL), 0);
	first = opened;
	assert_int_equal(open_at(40070, NULL), -EADDRINUSE);
	opened = first;
	assert_int_equal(kernel.n_ports, 1);
	close_it();
}

static void refusal_of_the_kernel_leaves_nothing(void **state)
{
	(void)state;
	kernel.port_answer = -EPERM;
	assert_int_equal(open_at(40070, NULL), -EPERM);
	kernel.port_answer = 0;
	kernel.pinhole_answer = -ENOSPC;
	assert_int_equal(open_at(40070, NULL), -ENOSPC);
	assert_int_equal(kernel.n_ports, 0);
	assert_null(gateway.public_ports);
	/* The socket is gone, too. */
	kernel.pinhole_answer = 0;
	assert_int_equal(open_at(40070, NULL), 0);
	close_it();
}

static void table_may_be_gone_before(void **state)
{
	struct nl_nft *nft = gateway.nft;

	(void)state;
	assert_int_equal(open_at(40070, NULL), 0);
	gateway.nft = NULL;
	close_it();
	gateway.nft = nft;
	assert_int_equal(kernel.n_ports, 1);
	assert_int_equal(kernel.n_pinholes, 0);
}

static int set_up(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	memset(&came, 0, sizeof(came));
	gateway.base = event_base_new();
	return !gateway.base;
}

static int tear_down(void **state)
{
	(void)state;
	event_base_free(gateway.base);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(datagrams_come_with_their_endpoint),
		TEST(port_may_be_closed_by_its_datagram),
		TEST(media_and_guard_ports_are_not_lent),
		TEST(ports_that_others_forward_are_not_lent),
		TEST(taken_port_says_so),
		TEST(refusal_of_the_kernel_leaves_nothing),
		TEST(table_may_be_gone_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A transaction with nf_tables: see nft_batch.h.
 *
 * As with genetlink the kernel has answered when sendmsg() returns. Only the
 * first message asks for an answer in any case, so a transaction that went
 * through has just that one.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>

#include "nl/extack.h"
#include "nl/nft_batch.h"

static void advance(struct nft_batch *batch)
{
	batch->seq++;
	mnl_nlmsg_batch_next(batch->batch);
}

struct nft_batch *nft_batch_begin(void)
{
	struct nft_batch *batch = malloc(sizeof(*batch));

	if (!batch)
		return NULL;
	batch->batch = mnl_nlmsg_batch_start(batch->buffer, NFT_BATCH_LEN);
	if (!batch->batch) {
		free(batch);
		return NULL;
	}
	batch->first = batch->seq = (uint32_t)time(NULL);
	nftnl_batch_begin(mnl_nlmsg_batch_current(batch->batch), batch->seq);
	advance(batch);
	return batch;
}

void nft_batch_free(struct nft_batch *batch)
{
	if (!batch)
		return;
	mnl_nlmsg_batch_stop(batch->batch);
	free(batch);
}

static struct nlmsghdr *begin(struct nft_batch *batch, uint16_t type,
			      uint16_t flags)
{
	if (batch->seq == batch->first + 1)
		flags |= NLM_F_ACK;
	return nftnl_nlmsg_build_hdr(mnl_nlmsg_batch_current(batch->batch),
				     type, NFPROTO_INET, flags, batch->seq);
}

void nft_batch_add_table(struct nft_batch *batch,
			 const struct nftnl_table *table)
{
	nftnl_table_nlmsg_build_payload(begin(batch, NFT_MSG_NEWTABLE,
					      NLM_F_CREATE), table);
	advance(batch);
}

void nft_batch_del_table(struct nft_batch *batch,
			 const struct nftnl_table *table)
{
	nftnl_table_nlmsg_build_payload(begin(batch, NFT_MSG_DELTABLE, 0),
					table);
	advance(batch);
}

void nft_batch_add_chain(struct nft_batch *batch,
			 const struct nftnl_chain *chain)
{
	nftnl_chain_nlmsg_build_payload(begin(batch, NFT_MSG_NEWCHAIN,
					      NLM_F_CREATE), chain);
	advance(batch);
}

void nft_batch_add_rule(struct nft_batch *batch, struct nftnl_rule *rule)
{
	nftnl_rule_nlmsg_build_payload(begin(batch, NFT_MSG_NEWRULE,
					     NLM_F_CREATE | NLM_F_APPEND),
				       rule);
	advance(batch);
}

void nft_batch_add_set(struct nft_batch *batch, struct nftnl_set *set)
{
	nftnl_set_nlmsg_build_payload(begin(batch, NFT_MSG_NEWSET,
					    NLM_F_CREATE), set);
	advance(batch);
}

void nft_batch_add_elements(struct nft_batch *batch, struct nftnl_set *set)
{
	nftnl_set_elems_nlmsg_build_payload(begin(batch, NFT_MSG_NEWSETELEM,
						  NLM_F_CREATE), set);
	advance(batch);
}

void nft_batch_del_elements(struct nft_batch *batch, struct nftnl_set *set)
{
	nftnl_set_elems_nlmsg_build_payload(begin(batch, NFT_MSG_DELSETELEM,
						  0), set);
	advance(batch);
}

/* The message of the transaction that an answer is about. */
static const struct nlmsghdr *message(const struct nft_batch *batch,
				      uint32_t seq)
{
	int left = (int)mnl_nlmsg_batch_size(batch->batch);
	const struct nlmsghdr *nlh = mnl_nlmsg_batch_head(batch->batch);

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		if (nlh->nlmsg_seq == seq)
			return nlh;
	return NULL;
}

static const char *subject(const struct nlmsghdr *nlh)
{
	static const char *const names[] = {
		[NFT_MSG_NEWTABLE] = "table",
		[NFT_MSG_DELTABLE] = "old table",
		[NFT_MSG_NEWCHAIN] = "chain",
		[NFT_MSG_NEWRULE] = "rule",
		[NFT_MSG_NEWSET] = "set",
		[NFT_MSG_NEWSETELEM] = "set element",
		[NFT_MSG_DELSETELEM] = "set element",
	};
	unsigned int type = nlh ? nlh->nlmsg_type & 0xff : 0;

	return type < sizeof(names) / sizeof(names[0]) && names[type] ?
	       names[type] : "transaction";
}

static void explain(const struct nft_batch *batch, const struct nlmsghdr *answer,
		    int error, char *text, size_t len)
{
	const struct nlmsghdr *nlh = message(batch, answer->nlmsg_seq);
	char why[256];

	nl_extack_text(answer, NULL, NULL, -error, why, sizeof(why));
	snprintf(text, len, "nft %s: %s", subject(nlh), why);
}

/* The first error among the answers in @buffer wins. */
static int take(const struct nft_batch *batch, const char *buffer, int left,
		int error, bool *acked, char *text, size_t len)
{
	const struct nlmsghdr *nlh = (const void *)buffer;
	const struct nlmsgerr *answer;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_type != NLMSG_ERROR ||
		    nlh->nlmsg_seq - batch->first >= batch->seq - batch->first)
			continue;
		answer = mnl_nlmsg_get_payload(nlh);
		*acked = true;
		if (error || !answer->error)
			continue;
		error = answer->error;
		explain(batch, nlh, error, text, len);
	}
	return error;
}

static int receive(const struct nft_batch *batch, struct mnl_socket *socket,
		   char *text, size_t len)
{
	char buffer[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
	bool acked = false;
	ssize_t received;
	int error = 0;

	for (;;) {
		received = recv(mnl_socket_get_fd(socket), buffer,
				sizeof(buffer), MSG_DONTWAIT);
		if (received < 0 && errno == EINTR)
			continue;
		if (received < 0)
			break;
		error = take(batch, buffer, (int)received, error, &acked, text,
			     len);
	}
	if (error || (errno == EAGAIN && acked))
		return error;
	error = errno == EAGAIN ? -ENOBUFS : -errno;
	snprintf(text, len, "nft: no answer: %s", strerror(-error));
	return error;
}

int nft_batch_commit(struct nft_batch *batch, struct mnl_socket *socket,
		     char *text, size_t len)
{
	nftnl_batch_end(mnl_nlmsg_batch_current(batch->batch), batch->seq);
	advance(batch);
	if (mnl_socket_sendto(socket, mnl_nlmsg_batch_head(batch->batch),
			      mnl_nlmsg_batch_size(batch->batch)) < 0) {
		snprintf(text, len, "nft: %s", strerror(errno));
		return -errno;
	}
	return receive(batch, socket, text, len);
}

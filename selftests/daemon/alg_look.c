// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the ALG shows of its endpoints, for the stage of its tests.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg_bench.h"

#include <stdio.h>
#include <string.h>

static void write_address(const struct sockaddr_storage *storage, char *spec)
{
	const struct alg_address written = alg_address_from(storage);

	alg_address_write(&written, spec);
}

/**
 * struct look - what is looked for, and what was seen
 * @lan: the phone, or NULL
 * @n_endpoints: how many there are
 * @found: the phone's is among them
 * @view: it,
 * @leases:	its leases as text
 * @public:	and its public address
 */
struct look {
	const char *lan;
	unsigned int n_endpoints;
	bool found;
	struct alg_endpoint_view view;
	char *leases;
	char public[SPEC_LEN];
};

static void show(void *arg, const struct alg_endpoint_view *view)
{
	struct look *look = arg;
	size_t len = 0;
	char lan[SPEC_LEN];
	FILE *stream;
	unsigned int i;

	look->n_endpoints++;
	write_address(view->lan, lan);
	if (!look->lan || strcmp(lan, look->lan))
		return;
	look->found = true;
	look->view = *view;
	write_address(view->public, look->public);
	stream = open_memstream(&look->leases, &len);
	for (i = 0; i < view->n_leases; i++)
		fprintf(stream, "%s %s %u\n", view->leases[i].kind,
			view->leases[i].what, view->leases[i].left_s);
	fclose(stream);
	kept(look->leases);
}

unsigned int n_endpoints(struct bench *b)
{
	struct look look = { 0 };

	alg_each_endpoint(b->alg, show, &look);
	return look.n_endpoints;
}

static struct look look_at(struct bench *b, const char *lan)
{
	struct look look = { .lan = lan };

	alg_each_endpoint(b->alg, show, &look);
	if (!look.found)
		fail_msg("%s has no endpoint", lan);
	return look;
}

/* Its addresses and leases were shown, and are gone: they are not handed on. */
struct alg_endpoint_view endpoint_of(struct bench *b, const char *lan)
{
	struct alg_endpoint_view view = look_at(b, lan).view;

	view.lan = NULL;
	view.public = NULL;
	view.leases = NULL;
	return view;
}

const char *leases_of(struct bench *b, const char *lan)
{
	return look_at(b, lan).leases;
}

const char *public_of(struct bench *b, const char *lan)
{
	return kept(strdup(look_at(b, lan).public));
}

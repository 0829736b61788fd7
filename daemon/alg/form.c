// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a phone writes its own address.
 *
 * The list stands in the order of use, the form used last in front.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/form.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <utlist.h>

#include "alg/endpoint.h"
#include "alg/keep.h"
#include "alg/words.h"

const char *const alg_place_words[ALG_N_PLACES] = {
	[ALG_PLACE_BINDING] = "binding",
	[ALG_PLACE_TARGET] = "target",
	[ALG_PLACE_ROUTE] = "route",
};

/**
 * struct alg_form - one way of writing it
 * @place: where it stood
 * @user: before it,
 * @user_len:	in so many bytes
 * @hostport: host and port; NUL-terminated
 * @prev: in the endpoint's list
 * @next:	likewise
 */
struct alg_form {
	enum alg_place place;
	char *user;
	size_t user_len;
	char *hostport;
	struct alg_form *prev;
	struct alg_form *next;
};

static bool is_for(const struct alg_form *form, const char *user,
		   size_t user_len)
{
	return form->user_len == user_len &&
	       !memcmp(form->user, user, user_len);
}

static struct alg_form *find(const struct alg_endpoint *endpoint,
			     enum alg_place place, const char *user,
			     size_t user_len)
{
	struct alg_form *form;

	DL_FOREACH(endpoint->forms, form)
		if (form->place == place && is_for(form, user, user_len))
			return form;
	return NULL;
}

static void forget(struct alg_endpoint *endpoint, struct alg_form *form)
{
	DL_DELETE(endpoint->forms, form);
	free(form->user);
	free(form->hostport);
	free(form);
}

/* @len bytes, of which any may be 0, and a NUL after them; or NULL. */
static char *copy(const char *bytes, size_t len)
{
	char *string = malloc(len + 1);

	if (!string)
		return NULL;
	memcpy(string, bytes, len);
	string[len] = '\0';
	return string;
}

/* A form in no list yet, or NULL. */
static struct alg_form *new_form(enum alg_place place, const char *user,
				 size_t user_len, const char *hostport,
				 size_t hostport_len)
{
	struct alg_form *form = calloc(1, sizeof(*form));

	if (!form)
		return NULL;
	form->place = place;
	form->user = copy(user, user_len);
	form->user_len = user_len;
	form->hostport = copy(hostport, hostport_len);
	if (form->user && form->hostport)
		return form;
	free(form->user);
	free(form->hostport);
	free(form);
	return NULL;
}

/* Without memory for it the phone will read "address:port", which is as true. */
void alg_form_remember(struct alg_endpoint *endpoint, enum alg_place place,
		       const char *user, size_t user_len,
		       const char *hostport, size_t hostport_len)
{
	struct alg_form *form = find(endpoint, place, user, user_len);
	int n_forms;

	if (form && strlen(form->hostport) == hostport_len &&
	    !memcmp(form->hostport, hostport, hostport_len)) {
		DL_DELETE(endpoint->forms, form);
		DL_PREPEND(endpoint->forms, form);
		return;
	}
	if (form)
		forget(endpoint, form);
	DL_COUNT(endpoint->forms, form, n_forms);
	if (n_forms >= ALG_MAX_FORMS)
		forget(endpoint, endpoint->forms->prev);
	form = new_form(place, user, user_len, hostport, hostport_len);
	if (form)
		DL_PREPEND(endpoint->forms, form);
	alg_keep(endpoint->alg, endpoint, ALG_PART_FORMS);
}

const char *alg_form_recall(struct alg_endpoint *endpoint, enum alg_place place,
			    const char *user, size_t user_len, char *text)
{
	struct alg_form *form = find(endpoint, place, user, user_len);

	if (form)
		return form->hostport;
	DL_FOREACH(endpoint->forms, form)
		if (is_for(form, user, user_len))
			return form->hostport;
	alg_address_write(&endpoint->lan, text);
	return text;
}

bool alg_form_has_host(const struct alg_endpoint *endpoint, const char *host,
		       size_t len)
{
	const struct alg_form *form;

	DL_FOREACH(endpoint->forms, form)
		if (!strncasecmp(form->hostport, host, len) &&
		    (form->hostport[len] == ':' || !form->hostport[len]))
			return true;
	return false;
}

void alg_forms_each(const struct alg_endpoint *endpoint,
		    void (*show)(void *arg, enum alg_place place,
				 const char *user, size_t user_len,
				 const char *hostport),
		    void *arg)
{
	const struct alg_form *form = endpoint->forms;

	if (!form)
		return;
	do {
		form = form->prev;
		show(arg, form->place, form->user, form->user_len,
		     form->hostport);
	} while (form != endpoint->forms);
}

void alg_forms_free(struct alg_endpoint *endpoint)
{
	while (endpoint->forms)
		forget(endpoint, endpoint->forms);
}

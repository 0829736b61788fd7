// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Media plans compared: what a new one changes decides what the back end is
 * asked for, and above all what it is not asked for.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "media/media.h"

#include <stddef.h>

bool media_stream_equal(const struct media_stream *one,
			const struct media_stream *other)
{
	return one->id == other->id && one->kind == other->kind &&
	       one->learn == other->learn && one->dscp == other->dscp &&
	       media_address_equal(&one->lan, &other->lan) &&
	       media_address_equal(&one->public, &other->public) &&
	       media_address_equal(&one->remote, &other->remote) &&
	       media_address_equal(&one->inside, &other->inside);
}

const struct media_stream *media_plan_find(const struct media_plan *plan,
					   uint8_t id)
{
	unsigned int i;

	for (i = 0; i < plan->n_streams; i++)
		if (plan->streams[i].id == id)
			return &plan->streams[i];
	return NULL;
}

bool media_plan_equal(const struct media_plan *one,
		      const struct media_plan *other)
{
	unsigned int i;

	if (one->n_streams != other->n_streams)
		return false;
	for (i = 0; i < one->n_streams; i++)
		if (!media_stream_equal(&one->streams[i], &other->streams[i]))
			return false;
	return true;
}

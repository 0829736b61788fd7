/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's extended ack in words.
 *
 * A refusal says by byte offset which attribute of the request was wrong; here
 * the offset becomes the attribute's name, "stream[1].b.remote.port".
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_EXTACK_H
#define SIPFAST_DAEMON_NL_EXTACK_H

#include <stddef.h>
#include <stdint.h>

#include "nl/types.h"

struct nlmsghdr;

/** Room for any path of names. */
#define NL_PATH_LEN 128

/**
 * nl_extack_path() - the name of the attribute at an offset
 * @request: the message that was sent
 * @set: what it is made of
 * @offset: of the attribute, from the message's start
 * @path: NL_PATH_LEN bytes; "" where no attribute begins there
 *
 * Return: the set inside of that attribute where it is a nest, else NULL.
 */
const struct nl_attr_set *nl_extack_path(const struct nlmsghdr *request,
					 const struct nl_attr_set *set,
					 uint32_t offset, char *path);

/**
 * nl_extack_text() - what an answer says
 * @answer: of type NLMSG_ERROR or NLMSG_DONE
 * @request: the message that it answers
 * @set: what that is made of, or NULL where it is none of ours
 * @error: errno, positive
 * @text: gets "PATH: MESSAGE", or the errno's own words where there is none
 * @len: bytes in @text
 */
void nl_extack_text(const struct nlmsghdr *answer,
		    const struct nlmsghdr *request,
		    const struct nl_attr_set *set, int error, char *text,
		    size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A body part is a message without a start line. Private to sip/.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_PART_H
#define SIPFAST_DAEMON_SIP_PART_H

#include "sip/msg.h"

/**
 * sip_part_index() - note where things stand in a body part
 * @part: filled in: fields and body; spans count from @buf
 * @buf: the message that the part is in
 * @span: the part, from behind its boundary to the next one
 *
 * Return: is it one?
 */
bool sip_part_index(struct sip_msg *part, const char *buf, struct sip_span span);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon tells the person who runs it: lines on standard error.
 *
 * Under a service manager each line begins with <N>, its priority
 * (sd-daemon(3)), so that the journal files it rightly; on a terminal it begins
 * with the word. Nothing that a stranger's packet can repeat is said above
 * LOG_LEVEL_DEBUG: that is counted instead.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_LOG_H
#define SIPFAST_DAEMON_LOG_H

#include <stdbool.h>

/** enum log_level - how much a line matters; the numbers are syslog's */
enum log_level {
	LOG_LEVEL_ERR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/**
 * log_init() - choose what is said
 * @level: lines that matter less are not written
 * @prefix: begin lines with <N> for a service manager
 */
void log_init(enum log_level level, bool prefix);

/** log_level_parse() - the level called @word, or -EINVAL */
int log_level_parse(const char *word);

/** log_line() - say one line; @format without a newline */
void log_line(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_err(...)		log_line(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warning(...)	log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)		log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)		log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)		log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif

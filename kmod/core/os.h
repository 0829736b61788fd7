/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one door between core/ and the world. The same sources are compiled into
 * sipfast.ko and, for tests and fuzzing, on the host: both sides have
 * <linux/types.h>, so that __be16 and __sum16 mean the same and sparse checks
 * them. What else core/ needs is small enough to be listed here.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_CORE_OS_H
#define _SF_CORE_OS_H

#ifdef __KERNEL__

#include <asm/byteorder.h>
#include <linux/compiler.h>
#include <linux/in6.h>
#include <linux/bits.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/udp.h>

#else /* the host */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/types.h>
#include <linux/udp.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

#define __force

#define BIT_ULL(n)	(1ULL << (n))

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#endif

#include <uapi/linux/sipfast.h>

#endif /* _SF_CORE_OS_H */

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# A program of somebody else's needs the header that is installed, and nothing
# of the sources: it is whole, in C and in C++, and asks for nothing beside it.

top=$(realpath "$(dirname "$0")/../..")
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# A name that it lacked, or one that it does not bring along, would not compile.
compiles()	# COMPILER LANGUAGE
{
	"$1" -x "$2" -Wall -Wextra -Werror -isystem "$dir/usr/local/include" \
		-c -o "$dir/program.o" - <<-'C'
		#include <linux/sipfast.h>
		#include <linux/sipfast.h>
		static const char family[] = SIPFAST_FAMILY_NAME;
		int command(void);
		int command(void)
		{
			return family[0] ? SIPFAST_CMD_SESSION_NEW : 0;
		}
	C
}

ktap_plan 4
ktap_test "it is installed" \
	make -s -C "$top" headers_install PREFIX=/usr/local DESTDIR="$dir"
ktap_equal "it, and nothing else" "$dir/usr/local/include/linux/sipfast.h" \
	"$(find "$dir" -type f)"
ktap_test "a C program needs nothing else" compiles cc c
ktap_test "neither does one in C++" compiles c++ c++
ktap_end

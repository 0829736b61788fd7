#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 900
# Copyright (C) 2026 The sipfast authors
#
# What a machine can say about style: licences, checkpatch, shellcheck,
# yamllint, codespell, and two limits that are there to make one think.
# Generated files are judged by their generator.

top=$(realpath "$(dirname "$0")/../..")
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
cd "$top" || exit

generated='^(uapi/linux/sipfast\.h|kmod/netlink_gen\.[ch])$'
file_lines=600
function_lines=80

# In a checkout: what git has or would take. In an unpacked tarball: all.
all_files()
{
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files -co --exclude-standard | sort -u
	else
		find . -path ./build -prune -o -type f -printf '%P\n'
	fi | while read -r file; do
		[ -f "$file" ] && echo "$file"
	done
}

files()	# REGEX
{
	grep -E -- "$1" <<<"$all" | grep -vE "$generated"
}

shell_scripts()
{
	files '' | while read -r file; do
		case $file in
		*.sh) echo "$file"; continue ;;
		LICENSES/*|*.*) continue ;;
		esac
		head -c 64 "$file" | head -n 1 | tr -d '\0' |
			grep -qE '^#!.*/(ba|da)?sh' && echo "$file"
	done
}

# --- the checks ---------------------------------------------------------------

licensed()
{
	local file bad=0

	while read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: ' &&
			continue
		echo "$file: no SPDX-License-Identifier in the first lines"
		bad=1
	done < <(files '\.([ch]|sh|py|ya?ml|rst|cfg)$|(^|/)(Makefile|Kbuild)$' |
		 grep -v '^Documentation/.*\.rst$'; shell_scripts)
	return "$bad"
}

licences_kept()	# the text of each licence that is named
{
	local id

	files '\.([ch]|sh|py|ya?ml)$' | xargs grep -hoE \
		'SPDX-License-Identifier: .*' |
		grep -oE 'GPL-2\.0|BSD-3-Clause|Linux-syscall-note' |
		sort -u | while read -r id; do
		[ -f "LICENSES/preferred/$id" ] ||
			[ -f "LICENSES/exceptions/$id" ] || echo "$id"
	done | diff /dev/null -
}

# Tables written as X macros are no mistake; that versions stay in compat.h is
# seen to by includes.sh, and that locks are explained by kerneldoc.sh.
ignore=COMPLEX_MACRO,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,MACRO_ARG_PRECEDENCE
ignore+=,TRAILING_SEMICOLON,FILE_PATH_CHANGES,SPDX_LICENSE_TAG,LONG_LINE_COMMENT
ignore+=,LINUX_VERSION_CODE,CONSTANT_COMPARISON,UNCOMMENTED_DEFINITION
# Tracepoints are declared as the kernel's are.
trace_ignore=$ignore,PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE
# User space has no <linux/kernel.h>, and libraries have names of their own.
user_ignore=$ignore,PREFER_KERNEL_TYPES,PREFER_DEFINED_ATTRIBUTE_MACRO
user_ignore+=,ARRAY_SIZE,STRCPY,STRNCPY,STRLCPY,CAMELCASE,SPLIT_STRING
user_ignore+=,SSCANF_TO_KSTRTO,PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE
user_ignore+=,MULTIPLE_ASSIGNMENTS,EMBEDDED_FUNCTION_NAME,AVOID_EXTERNS
user_ignore+=,MISSING_SPACE,STATIC_CONST_CHAR_ARRAY
user_ignore+=,CONSIDER_KSTRTO,VOLATILE,NEW_TYPEDEFS,PRINTF_L,DEPRECATED_API

checkpatch()	# IGNORE REGEX
{
	files "$2" | xargs -n 12 -P 2 perl "$kernel/scripts/checkpatch.pl" \
		--no-tree --strict --terse --show-types --no-summary \
		--ignore "$1" --max-line-length=100 -f
}

short_files()
{
	local file lines bad=0

	while read -r file; do
		lines=$(wc -l <"$file")
		[ "$lines" -gt "$file_lines" ] || continue
		echo "$file: $lines lines, more than $file_lines"
		bad=1
	done < <(files '\.([ch]|sh|py)$|^selftests/run$')
	return "$bad"
}

short_functions()
{
	files '\.c$' | xargs awk -v most="$function_lines" '
	/^{/ { begin = FNR; name = before }
	/^}/ && begin {
		if (FNR - begin - 1 > most) {
			print FILENAME ":" begin ": " FNR - begin - 1 \
				" lines: " name
			bad = 1
		}
		begin = 0
	}
	/^[a-zA-Z]/ { before = $0 }
	END { exit bad }'
}

spelled()
{
	files '' | grep -vE '^(LICENSES/|.*\.(orig|bin|xml)$|.*/corpus/)' |
		xargs codespell --ignore-words-list=bu,nd,ans,inout,te,fo,iif
}

shellchecked()
{
	# functions are called by name, other shells get their code in quotes
	shell_scripts | xargs -n 8 -P 2 shellcheck -x -e SC2317,SC2016 \
		-P SCRIPTDIR -P "$top"
}

yamllinted()
{
	local rules="line-length: {max: 100}"

	rules+=", indentation: disable, hyphens: disable, empty-lines: disable"
	files '\.ya?ml$' | xargs yamllint -d "{extends: default, rules: {$rules}}"
}

all=$(all_files)
kernel=$(scripts/kernel.sh source-tools) || ktap_bail "no kernel source"

ktap_plan 10
ktap_test "every source names its licence" licensed
ktap_test "every licence is there" licences_kept
ktap_test "checkpatch: the module" checkpatch "$ignore" \
	'^kmod/([^t]|t[^r]).*\.[ch]$'
ktap_test "checkpatch: the tracepoints" checkpatch "$trace_ignore" \
	'^kmod/trace\.[ch]$'
ktap_test "checkpatch: user space" checkpatch "$user_ignore" \
	'^(daemon|tools|selftests)/.*\.[ch]$'
ktap_test "shellcheck" shellchecked
ktap_test "yamllint" yamllinted
ktap_test "codespell" spelled
ktap_test "no file longer than $file_lines lines" short_files
ktap_test "no function longer than $function_lines lines" short_functions
ktap_end

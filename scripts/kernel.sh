#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# Kernels to build against and to boot, without installing one. Distribution
# packages are downloaded with apt and unpacked below a cache that lives
# outside the checkout; the machine's own /boot and /lib/modules stay as they
# are. What is in the cache already is used as it is, so a second run works
# offline. Every verb prints one thing on stdout: what it was asked for.
#
# A series with -debug behind it is a kernel built here, with everything on
# that finds mistakes: of the source package that the stock kernel of the
# series was built of, and of scripts/debug.config.

set -euo pipefail

usage()
{
	cat <<'END'
usage: scripts/kernel.sh VERB [SERIES[-debug]|RELEASE]

  release 6.1       the release that stands for a series: 6.1.0-56-amd64
  headers 6.1       its kbuild directory, to be given as KDIR=
  image 6.1         its root: boot/vmlinuz-RELEASE, lib/modules/RELEASE
  cached 6.1-debug  release, but fails where it would have to be built first
  source-tools      a kernel source reduced to scripts/, tools/net/ynl and
                    the netlink schemas (checkpatch, kernel-doc, YNL)
  cache             the directory all this is kept in

A whole RELEASE may be given instead of a SERIES. The cache is
${SIPFAST_CACHE:-${XDG_CACHE_HOME:-~/.cache}/sipfast}.
END
}

here=$(realpath "$(dirname "$0")")
cache=${SIPFAST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sipfast}
source_series=6.12
debug_config=$here/debug.config

say()
{
	echo "kernel.sh: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

# --- what is in the cache ---------------------------------------------------

# Those built here are kept apart: a series stands for a stock kernel.
root_dir()	# RELEASE
{
	case $1 in
	*-debug-*)	echo "$cache/kernel/debug/$1" ;;
	*)		echo "$cache/kernel/$1" ;;
	esac
}

headers_dir()	# RELEASE
{
	echo "$(root_dir "$1")/usr/src/linux-headers-$1"
}

# The include of the common Makefile is mended last: it tells a finished
# unpacking from an interrupted one, and a cache that was moved.
have_headers()	# RELEASE
{
	local makefile common

	makefile=$(headers_dir "$1")/Makefile
	[ -f "$makefile" ] || return 1
	common=$(sed -n 's/^include //p' "$makefile")
	[ -f "$common" ] && [ "${common#"$cache/"}" != "$common" ]
}

# depmod runs last, for the same reason.
have_image()	# RELEASE
{
	local root

	root=$(root_dir "$1")
	[ -f "$root/boot/vmlinuz-$1" ] &&
		[ -f "$root/lib/modules/$1/modules.dep" ]
}

cached_release()	# SERIES TEST
{
	local dir release found=

	for dir in "$cache/kernel/$1".*/ "$cache/kernel/$1"/; do
		[ -d "$dir" ] || continue
		release=$(basename "$dir")
		if "$2" "$release"; then
			found+="$release"$'\n'
		fi
	done
	[ -n "$found" ] && sort -V <<<"${found%$'\n'}" | tail -n 1
}

# --- what the archive has ---------------------------------------------------

architecture()
{
	dpkg --print-architecture
}

# The meta package names the release its distribution maintains; a series it
# does not stand for is searched for its newest release.
archive_release()	# SERIES
{
	local arch meta

	arch=$(architecture)
	# A release is a package's name; a mere series would be taken for a
	# pattern by apt, and match every kernel there is.
	case $1 in
	*-*)
		echo "$1"
		return
		;;
	esac
	meta=$(apt-cache depends "linux-image-$arch" 2>/dev/null |
	       sed -n 's/^ *Depends: linux-image-//p')
	case $meta in
	"$1".*)
		echo "$meta"
		return
		;;
	esac
	apt-cache search --names-only \
		"^linux-headers-${1//./\\.}\\.[0-9][^ ]*-$arch\$" 2>/dev/null |
		sed -n 's/^linux-headers-\([^ ]*\) .*/\1/p' |
		grep -v -e '-cloud-' -e '-rt-' | sort -V | tail -n 1
}

refresh_archive()
{
	local sudo=()

	[ "$(id -u)" -eq 0 ] || sudo=(sudo)
	say "refreshing the package lists"
	"${sudo[@]}" apt-get -qq update >&2
}

find_release()	# SERIES
{
	local release

	command -v apt-get >/dev/null || die "no apt here: unpack a kernel into" \
		"$cache/kernel/RELEASE by hand"
	release=$(archive_release "$1")
	if [ -z "$release" ]; then
		refresh_archive
		release=$(archive_release "$1")
	fi
	[ -n "$release" ] || die "the package archive has no Linux $1"
	echo "$release"
}

# --- fetching ---------------------------------------------------------------

download()	# DIR PACKAGE[=VERSION]...
{
	local dir=$1
	local apt=(apt-get -qq)

	shift
	say "downloading $*"
	[ "$(id -u)" -ne 0 ] || apt+=(-o APT::Sandbox::User=root)
	if ! (cd "$dir" && "${apt[@]}" download "$@" >&2); then
		refresh_archive
		(cd "$dir" && "${apt[@]}" download "$@" >&2)
	fi
}

# Unpacks packages below the root of RELEASE; what was there stays.
unpack()	# RELEASE PACKAGE[=VERSION]...
{
	local root=$cache/kernel/$1 deb

	shift
	download "$work" "$@" || return 1
	mkdir -p "$root"
	for deb in "$work"/*.deb; do
		dpkg-deb -x "$deb" "$root" || return 1
		rm "$deb"
	done
}

# The packages that linux-headers-RELEASE is made of: itself, the part that
# is common to all flavours, and the tools of kbuild.
headers_packages()	# RELEASE
{
	local package=linux-headers-$1

	apt-cache show --no-all-versions "$package" |
		sed -n 's/^Version: //p' | sed "s/^/$package=/"
	apt-cache show --no-all-versions "$package" |
		sed -n 's/^Depends: //p' | tr ',' '\n' |
		sed -n -e 's/^ *\(linux-headers-[^ ]*-common\) (= \([^)]*\))/\1=\2/p' \
		       -e 's/^ *\(linux-kbuild-[^ ]*\).*/\1/p'
}

fetch_headers()	# RELEASE
{
	local build packages

	build=$(headers_dir "$1")
	if [ ! -f "$build/Makefile" ]; then
		mapfile -t packages < <(headers_packages "$1")
		[ ${#packages[@]} -ge 3 ] || return 1
		unpack "$1" "${packages[@]}" || return 1
	fi
	sed -i "s|^include .*\(/usr/src/linux-headers-[^/]*-common/Makefile\)|include $cache/kernel/$1\1|" \
		"$build/Makefile"
	have_headers "$1"
}

fetch_image()	# RELEASE
{
	local root=$cache/kernel/$1

	if [ ! -f "$root/boot/vmlinuz-$1" ]; then
		apt-cache show "linux-image-$1" >/dev/null 2>&1 || return 1
		unpack "$1" "linux-image-$1" || return 1
	fi
	# kernels of a merged-/usr age
	if [ ! -e "$root/lib" ]; then
		ln -s usr/lib "$root/lib"
	fi
	PATH=$PATH:/sbin:/usr/sbin depmod -b "$root" "$1" || return 1
	have_image "$1"
}

# --- the verbs --------------------------------------------------------------

# One release stands for a series in every verb; the one that can be booted
# goes first, so that modules are built for the kernel that will load them.
resolve()	# SERIES
{
	local release part

	case $1 in
	*-debug-*)
		have_image "$1" || die "there is no $1 in the cache"
		echo "$1"
		return
		;;
	*-debug)
		debug_release "${1%-debug}"
		return
		;;
	esac
	for part in have_image have_headers; do
		if release=$(cached_release "$1" "$part"); then
			echo "$release"
			return
		fi
	done
	find_release "$1"
}

# A cached release may have left the archive before its other half was
# fetched: then the archive's release takes over.
provide()	# headers|image SERIES
{
	local release

	release=$(resolve "$2")
	if [[ $release == *-debug-* ]]; then
		echo "$release"
		return
	fi
	if ! "have_$1" "$release" && ! "fetch_$1" "$release"; then
		release=$(find_release "$2")
		"fetch_$1" "$release" ||
			die "cannot provide the $1 of Linux $2"
	fi
	echo "$release"
}

headers()	# SERIES
{
	local release

	release=$(provide headers "$1")
	headers_dir "$release"
}

image()	# SERIES
{
	local release

	release=$(provide image "$1")
	root_dir "$release"
}

# --- the debug kernel --------------------------------------------------------

# Its release says what it was made of: the version of the source package, and
# the configuration.
debug_release_of()	# VERSION
{
	local config

	config=$(sha256sum <"$debug_config")
	echo "${1//[~+]/-}-debug-${config:0:8}"
}

# A stock kernel carries the version of its package in its banner.
stock_version()	# SERIES
{
	local root banner

	root=$("$here/kernel.sh" image "$1") || return 1
	banner=$(LC_ALL=C grep -aom1 'Debian [0-9][^ ]* (' \
		 "$root/boot/vmlinuz-$(basename "$root")") || return 1
	banner=${banner#Debian }
	echo "${banner% (}"
}

# The source that fits the stock kernel, while the archive has it; else the
# one that the archive has.
source_version()	# SERIES
{
	local stock versions

	stock=$(stock_version "$1") || stock=
	versions=$(apt-cache madison "linux-source-$1" | awk '{ print $3 }')
	if ! grep -qxF -e "$stock" <<<"$versions"; then
		refresh_archive
		versions=$(apt-cache madison "linux-source-$1" |
			   awk '{ print $3 }')
	fi
	if grep -qxF -e "$stock" <<<"$versions"; then
		echo "$stock"
	else
		sort -V <<<"$versions" | tail -n 1
	fi
}

# What is in the cache is good if it fits the stock kernel, or if there is
# nothing newer to be had.
debug_release()	# SERIES
{
	local stock release

	stock=$(stock_version "$1") || stock=
	release=$(debug_release_of "$stock")
	if [ -z "$stock" ] || ! have_image "$release"; then
		stock=$(source_version "$1")
		[ -n "$stock" ] || die "the package archive has no source of" \
			"Linux $1"
		release=$(debug_release_of "$stock")
	fi
	have_image "$release" || build_debug "$1" "$stock" "$release"
	echo "$release"
}

# What debug_release() would say, where it has nothing to do.
cached_debug()	# SERIES-debug
{
	local stock release

	stock=$(stock_version "${1%-debug}") || return
	release=$(debug_release_of "$stock")
	have_image "$release" && echo "$release"
}

# A build of ten minutes that says nothing looks like one that hangs.
show_progress()
{
	awk -v step=250 '
	/^  (CC|AS|LD|AR) / && !(++files % step) {
		print "kernel.sh: " files " files built" >"/dev/stderr"
	}'
}

# What debug.config asks for has to be in what kconfig makes of it.
configure()	# TREE
{
	local refused

	make -s -C "$1" KCONFIG_ALLCONFIG="$debug_config" allnoconfig >&2 ||
		die "kconfig fails"
	refused=$(grep '^CONFIG_' "$debug_config" | grep -vxF -f "$1/.config") ||
		return 0
	die "kconfig does not take" "${refused//$'\n'/ }"
}

# What modules are built with: the tree without its sources.
keep_headers()	# TREE DIR
{
	mkdir -p "$2"
	(cd "$1" && {
		echo .config
		echo Module.symvers
		echo tools/objtool/objtool
		find . arch/x86 -maxdepth 1 -name 'Makefile*'
		find arch/x86 -name Kbuild.platforms -o -name Platform
		find include scripts arch/x86/include \
			\( -type f -o -type l \) ! -name '*.o' ! -name '.*.cmd'
	} | tar -cf - -T -) | tar -xf - -C "$2"
}

# Nothing of it is in the cache before all of it is.
build_debug()	# SERIES VERSION RELEASE
{
	local name=linux-source-$1 local_version
	local tree=$work/$name root=$work/root
	local build=(nice make --no-print-directory -C "$tree")

	[ "$(uname -m)" = x86_64 ] || die "the debug kernel is for x86_64 only"
	download "$work" "$name=$2" || die "cannot get the source of $3"
	say "building $3, once: some 10 minutes of two processors"
	dpkg-deb --fsys-tarfile "$work/$name"_*.deb |
		tar -xO "./usr/src/$name.tar.xz" | tar -xJ -C "$work" ||
		die "cannot unpack $name"
	configure "$tree"
	local_version=${3#"$(make -s -C "$tree" kernelversion)"}
	build+=(LOCALVERSION="$local_version" INSTALL_MOD_PATH="$root")
	if ! "${build[@]}" -j"$(nproc)" bzImage modules 2>&1 |
	     tee "$work/log" | show_progress; then
		tail -n 40 "$work/log" >&2
		die "building $3 fails"
	fi
	PATH=$PATH:/sbin:/usr/sbin "${build[@]}" -s modules_install >&2 ||
		die "installing the modules of $3 fails"
	rm -f "$root/lib/modules/$3"/{build,source}
	install -D "$tree/arch/x86/boot/bzImage" "$root/boot/vmlinuz-$3"
	install -D "$tree/System.map" "$root/boot/System.map-$3"
	keep_headers "$tree" "$root/usr/src/linux-headers-$3" ||
		die "keeping the headers of $3 fails"
	mkdir -p "$cache/kernel/debug"
	mv -T "$root" "$(root_dir "$3")"
	have_image "$3" || die "the debug kernel $3 is not complete"
}

source_tools()
{
	local name=linux-source-$source_series
	local src=$cache/src/$name

	if [ ! -f "$src/MAINTAINERS" ]; then
		download "$work" "$name"
		dpkg-deb --fsys-tarfile "$work/$name"_*.deb |
			tar -xO "./usr/src/$name.tar.xz" |
			tar -xJ -C "$work" "$name/MAINTAINERS" \
				"$name/Documentation/netlink" \
				"$name/scripts" "$name/tools/net/ynl"
		mkdir -p "$cache/src"
		mv -T "$work/$name" "$src"
	fi
	echo "$src"
}

[ $# -ge 1 ] || { usage >&2; exit 2; }
verb=$1
case $verb in
release|headers|image|cached)
	[ $# -eq 2 ] || { usage >&2; exit 2; }
	;;
source-tools|cache|-h|--help)
	[ $# -eq 1 ] || { usage >&2; exit 2; }
	;;
*)
	usage >&2
	exit 2
	;;
esac

case $verb in
-h|--help)
	usage
	exit
	;;
cache)
	echo "$cache"
	exit
	;;
esac

# Two builds at a time may want the same package. Building a kernel takes its
# time, in which others can have theirs.
mkdir -p "$cache/kernel"
cache=$(realpath "$cache")
case ${2-} in
*-debug|*-debug-*) exec 9>"$cache/kernel/.debug.lock" ;;
*)		exec 9>"$cache/.lock" ;;
esac
flock 9
work=$(mktemp -d "$cache/download.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM

case $verb in
release)	resolve "$2" ;;
headers)	headers "$2" ;;
image)		image "$2" ;;
cached)		cached_debug "$2" ;;
source-tools)	source_tools ;;
esac

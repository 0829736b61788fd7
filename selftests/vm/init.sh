#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
# shellcheck shell=dash
#
# The first program in the virtual machine, out of its initrd: loads what a
# 9p root needs, lays a tmpfs over the host's read-only root, makes it look
# like a booted Linux, and hands over to guest.sh in there. All this is done
# by busybox: a program out of the root costs ten times as much to start.
# Anything that fails here ends the machine.

/bin/busybox --install -s /bin

die()
{
	echo "vm: init: $*" >/dev/kmsg
	echo o >/proc/sysrq-trigger
	while :; do sleep 1; done
}

mkdir -p /proc /sys /lower /upper /root
mount -t proc proc /proc
mount -t sysfs sys /sys

while read -r module; do
	insmod "/modules/$module" || die "cannot load $module"
done </modules/order

options=trans=virtio,version=9p2000.L,msize=262144
mount -t 9p -o "$options,ro,cache=loose" root /lower || die "no root"
mount -t tmpfs -o mode=755 upper /upper
mkdir /upper/data /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/data,workdir=/upper/work \
	root /root || die "no overlay"

mount -t tmpfs -o mode=755 run /root/run
mkdir /root/run/sipfast-vm
mount -t 9p -o "$options" results /root/run/sipfast-vm || die "no results"
guest=$(cat /root/run/sipfast-vm/guest)

modules=/root/lib/modules/$(uname -r)
mkdir -p "$modules"
mount --bind "/lower$(cat /root/run/sipfast-vm/modules)" "$modules" ||
	die "no modules"

mount --move /proc /root/proc
mount --move /sys /root/sys
cd /root || die "no root"
mount -t devtmpfs dev dev
mkdir -p dev/pts dev/shm run/netns run/lock
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts dev/pts
mount -t tmpfs shm dev/shm
mount -t cgroup2 cgroup sys/fs/cgroup
mount -t bpf bpf sys/fs/bpf
mount -t tracefs tracefs sys/kernel/tracing
mount -t debugfs debugfs sys/kernel/debug
ln -sfn /proc/self/fd dev/fd
ln -sfn fd/0 dev/stdin
ln -sfn fd/1 dev/stdout
ln -sfn fd/2 dev/stderr
hostname sipfast-vm
ip link set lo up

exec switch_root /root /bin/bash "$guest"

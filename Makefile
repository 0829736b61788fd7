# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The sipfast authors
#
# The front door. The module is built by kbuild, beside its sources; programs
# and host tests are built by the Makefiles of their rooms, below build/.

VERSION	:= 0.1.0
TOP	:= $(CURDIR)
BUILD	:= $(TOP)/build
PREFIX	?= /usr/local
DESTDIR	?=
export VERSION PREFIX DESTDIR

# The running kernel's, or those of a stock kernel out of the cache.
KDIR	?= $(or $(realpath /lib/modules/$(shell uname -r)/build),\
		$(shell scripts/kernel.sh headers 6.1))

# A room without a Makefile has nothing to build.
rooms	:= $(dir $(wildcard daemon/Makefile tools/Makefile))
test-rooms := $(dir $(wildcard selftests/*/Makefile))
# All processors, unless whoever calls make has said how many.
jobs	:= $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
in-room	= $(MAKE) --no-print-directory $(jobs) -C $(1) $(2)

all: daemon tools module	## everything that is installed

module:				## sipfast.ko, for KDIR= or the running kernel
	$(MAKE) -C $(KDIR) M=$(TOP) modules

daemon:				## sipfastd
	$(call in-room,daemon)

tools:				## sipfastctl
	$(call in-room,tools)

# --- tests ------------------------------------------------------------------

# Programs under test find their own mistakes: SAN=1 builds them with ASan and
# UBSan, unit tests are built that way by themselves. Where modules cannot be
# loaded tests get a stock kernel in a virtual machine, and a module for it.
check check-host check-vm demo: export SIPFAST_KO = $(BUILD)/module/kmod/sipfast.ko
check check-host check-vm: export SIPFASTD = $(BUILD)/san/sipfastd
check check-host check-vm: export SIPFASTCTL = $(BUILD)/san/sipfastctl

host-tests := $(wildcard $(addprefix selftests/,style uapi build core daemon \
	tools fuzz bench))
vm-tests := $(wildcard $(addprefix selftests/,net sip demo))
# It boots a machine of its own, whose clock counts instructions.
perf-tests := $(wildcard selftests/perf)
debug-tests := $(wildcard $(addprefix selftests/,debug net sip))
race-tests := $(wildcard selftests/debug/race_*.py)

check:				## all tests; the last line is the count
	@scripts/deps.sh build check
	@$(MAKE) --no-print-directory test-build
	@if scripts/kernel.sh cached 6.1-debug >/dev/null; then \
		$(MAKE) --no-print-directory test-module-6.1-debug || exit; \
		debug='--on 6.1-debug $(race-tests)'; \
	else \
		echo "There is no debug kernel here yet: make check-debug."; \
	fi; \
	selftests/run $(host-tests) $(wildcard $(BUILD)/selftests) \
		$(perf-tests) $(vm-tests) $$debug

check-host:			## the tests of user space and of the sources
	@scripts/deps.sh build check
	@$(MAKE) --no-print-directory test-build
	@selftests/run $(host-tests) $(wildcard $(BUILD)/selftests)

check-vm:			## the tests of the module, in a virtual machine
	@scripts/deps.sh build check
	@$(MAKE) --no-print-directory test-build
	@selftests/run --vm $(vm-tests)

check-debug:			## the same, on a kernel that finds mistakes
	@scripts/deps.sh build check
	@$(MAKE) --no-print-directory daemon tools test-module-6.1-debug
	@$(call in-room,selftests/net)
	@selftests/run --on 6.1-debug $(debug-tests)

check-6.12:			## the module's, on the newest supported series
	@scripts/deps.sh build check
	@$(MAKE) --no-print-directory daemon tools test-module-6.12
	@$(call in-room,selftests/net)
	@selftests/run --on 6.12 $(wildcard selftests/net)

demo:				## a phone behind NAT makes and takes a call
	@scripts/deps.sh build demo
	@$(MAKE) --no-print-directory daemon tools test-module
	@demo/run

test-build: test-module
	@set -e; for room in $(rooms); do \
		$(call in-room,$$room,SAN=1); done
	@set -e; for room in $(test-rooms); do \
		$(call in-room,$$room); done

test-module:
	@selftests/vm/module.sh $(BUILD)/module

test-module-%:
	@selftests/vm/module.sh $(BUILD)/module-$* $*

bench:				## what a relayed packet costs, here and elsewhere
	@scripts/deps.sh build bench
	@selftests/perf/run --json Documentation/performance/table.json
	@python3 selftests/perf/plot.py Documentation/performance/table.json

style:				## checkpatch, shellcheck, and the house rules
	@scripts/deps.sh check
	@selftests/run selftests/style

fuzz:				## a minute of fuzzing for each target
	$(call in-room,selftests/fuzz,fuzz)

# --- installing -------------------------------------------------------------

install:			## programs, manual pages, unit, configuration
	@set -e; for room in $(rooms); do \
		$(call in-room,$$room,install); done

uninstall:			## takes them away, and leaves the configuration
	@set -e; for room in $(rooms); do \
		$(call in-room,$$room,uninstall); done

modules_install: module		## sipfast.ko, for KDIR= or the running kernel
	$(MAKE) -C $(KDIR) M=$(TOP) INSTALL_MOD_PATH=$(DESTDIR) modules_install

headers_install:		## <linux/sipfast.h>, for programs of your own
	install -D -m 644 uapi/linux/sipfast.h \
		$(DESTDIR)$(PREFIX)/include/linux/sipfast.h

DKMS_SRC = /usr/src/sipfast-$(VERSION)

dkms-install:			## sipfast.ko, again with every new kernel
	install -d $(DESTDIR)$(DKMS_SRC)
	cp -a Kbuild dkms.conf LICENSES uapi $(DESTDIR)$(DKMS_SRC)
	cd kmod && find . \( -name '*.[ch]' ! -name '*.mod.c' -o -name Kbuild \) \
		-exec install -D -m 644 {} $(DESTDIR)$(DKMS_SRC)/kmod/{} \;
	$(if $(DESTDIR),,dkms install --force sipfast/$(VERSION))

dkms-uninstall:			## takes it away from every kernel
	$(if $(DESTDIR),,dkms remove sipfast/$(VERSION) --all)
	rm -rf $(DESTDIR)$(DKMS_SRC)

# --- the rest ---------------------------------------------------------------

clean:				## removes what was built
	rm -rf $(BUILD)
	find kmod \( -name '*.o' -o -name '*.ko' -o -name '*.mod' \
		-o -name '*.mod.c' -o -name '.*.cmd' \) -delete
	rm -f Module.symvers modules.order .*.cmd kmod/modules.order

help:				## this text
	@sed -n 's/^\([a-z_0-9.-]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
		expand -t 20

.PHONY: all module daemon tools check check-host check-vm check-debug check-6.12 \
	demo style fuzz bench test-build test-module install uninstall modules_install \
	headers_install dkms-install dkms-uninstall clean help

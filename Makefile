# Gymgate.  Read from the top this is the manual:
#
#   make            all programs, into build/bin/
#   make run        a whole Gymgate on http://127.0.0.1:8080 (PORT=, RUN_DIR=)
#   make reset      throws away the data of `make run`
#   make test       every layer of tests; T=web/login runs one
#   make soak       the faults of `make test` with SOAK=10 times as many
#                   punches (at most 20), the ledger of two gyms with a million,
#                   the bridge's memory for an hour, 10,000 reminders, and who gets
#                   through a door over a million member-days: an hour and a
#                   half in all
#   make fuzz       libFuzzer on every parser of foreign bytes, each for
#                   FUZZ_SECONDS=60, and a table of how far they went;
#                   FUZZ=zk_packet: only that one.  What it finds lies in
#                   build/fuzz/found/; a seed comes of it
#   make bench      what it can take, beside what the machine can; the same
#                   in build/bench.json (BENCH_SECONDS=4, BENCH_ROUNDS=3;
#                   BENCH=server, dashboard, worker, lists, reports, export,
#                   access, hub or bridge: only that part)
#   make lint       what the compiler does not see
#   make install    programs, units, pages (DESTDIR=, PREFIX=, SYSCONFDIR=);
#                   first: make RELEASE=1.  The bridge's unit is enabled: it
#                   starts at boot once it has its token
#   make setup      only installs what run and test lack (fuzz and bench see
#                   to themselves)
#   make clean      removes build/
#
#   V=1 shows commands; WERROR=1 makes warnings fatal; RELEASE=1 leaves out the
#   clock that tests can set; SANITIZE=address,undefined and WRAP='valgrind -q
#   --error-exitcode=9' go with test; JOBS= bounds the compilers at a time.

VERSION = 0.1.0
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
PORT ?= 8080
RUN_DIR ?= build/run

.DEFAULT_GOAL = all
Q = $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)	$(2)';)

# ---- flags: a change of them rebuilds everything -------------------------

CC ?= cc
CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes $(if $(WERROR),-Werror)
# flags that not every compiler knows on every machine: the first, or the second
either = $(shell $(CC) -Werror -O2 -U_FORTIFY_SOURCE $(1) -include stdio.h \
	-fsyntax-only -x c /dev/null 2>/dev/null && echo '$(1)' || echo '$(2)')
# a sanitizer sees more without: what may wrap, it does not call an overflow
HARDEN := -fPIE -fstack-protector-strong \
	$(call either,-fstack-clash-protection) \
	$(if $(SANITIZE),,-fno-strict-overflow -U_FORTIFY_SOURCE \
	$(call either,-D_FORTIFY_SOURCE=3,-D_FORTIFY_SOURCE=2))
SANITIZER = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all)
DEFINES = -std=c11 -D_GNU_SOURCE -DGYMGATE_VERSION='"$(VERSION)"' \
	-DGYMGATE_PREFIX='"$(PREFIX)"' $(if $(RELEASE),-DGYMGATE_RELEASE) \
	-Icgi -Ibridge -I. -Ibuild/gen
ALL_CFLAGS = $(DEFINES) $(WARN) $(HARDEN) $(SANITIZER) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed $(SANITIZER) $(LDFLAGS)

FLAGS_NOW := $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)
$(shell mkdir -p build && { [ "`cat build/flags 2>/dev/null`" = \
	"$(subst ",\",$(FLAGS_NOW))" ] || \
	printf '%s\n' "$(subst ",\",$(FLAGS_NOW))" >build/flags; })

# ---- what there is -------------------------------------------------------

objects = $(patsubst %.c,build/%.o,$(wildcard $(1)))
BASE = $(call objects,cgi/base/*.c)
WEB = $(call objects,cgi/admin/*.c cgi/api/*.c cgi/db/*.c cgi/gym/*.c \
	cgi/http/*.c cgi/pages/*.c) build/gen/db/stmt_texts.o
BRIDGE = $(filter-out build/bridge/main.o,$(call objects,bridge/*.c))
TERMINAL = $(filter-out build/tests/terminal/main.o,\
	$(call objects,tests/terminal/*.c))
MAINS = $(patsubst cgi/%.c,%,$(wildcard cgi/*.c))

LIBS = build/lib/web.a build/lib/bridge.a build/lib/terminal.a build/lib/base.a
build/lib/base.a: $(BASE)
build/lib/web.a: $(WEB)
build/lib/bridge.a: $(BRIDGE)
build/lib/terminal.a: $(TERMINAL)

PROGRAMS = $(MAINS:%=build/bin/gymgate-%) build/bin/gymgate-bridge
TOOLS = build/bin/zk-terminal
UNITS = $(patsubst tests/unit/%.c,build/tests/bin/%,$(wildcard tests/unit/test_*.c))
PARSERS = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
SEEDED = $(PARSERS:%=build/tests/bin/fuzz_%)

BASE_PKGS = inih
WEB_PKGS = mysqlclient json-c libsodium libevent gdlib xlsxwriter
BRIDGE_PKGS = libcurl json-c sqlite3 zlib libsystemd
pkg = $(shell pkg-config --$(1) $(2))

all: $(PROGRAMS) $(TOOLS) build/static/.done
	@:

# ---- targets that people call --------------------------------------------

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# one after the other, each of them with all processors
again = +$(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

.PHONY: all setup run reset test units soak fuzz fuzzers bench lint install \
	clean

setup:
	@sh tests/stack/setup.sh test

run:
	@sh tests/stack/setup.sh run
	@$(again) all
	@PORT='$(PORT)' RUN_DIR='$(RUN_DIR)' exec node tests/stack/run.mjs

reset:
	@RUN_DIR='$(RUN_DIR)' exec node tests/stack/run.mjs reset

test:
	@sh tests/stack/setup.sh test
	@$(again) all units
	@T='$(T)' WRAP='$(WRAP)' SANITIZE='$(SANITIZE)' CC='$(CC)' \
	  exec node tests/run.mjs

units: $(UNITS) $(SEEDED)
	@:

SOAK ?= 10

soak:
	@SOAK='$(SOAK)' $(MAKE) --no-print-directory test \
	  T='faults unit/door_sim'

FUZZ ?= $(PARSERS)
FUZZ_SECONDS ?= 60

fuzz:
	@sh tests/stack/setup.sh fuzz
	@$(again) fuzzers
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' exec sh tests/fuzz/run.sh $(FUZZ)

fuzzers: $(FUZZ:%=build/fuzz/bin/%)
	@:

bench:
	@sh tests/stack/setup.sh bench
	@$(again) all build/tests/bin/zk_read build/tests/bin/ceiling
	@exec node tests/bench/run.mjs

lint: build/.ready build/gen/db/stmt_names.h
	@CC='$(CC)' sh tests/stack/lint.sh

clean:
	rm -rf build

# ---- objects and programs ------------------------------------------------

# Says what a build lacks, before a compiler does so less clearly.
build/.ready:
	@sh tests/stack/setup.sh check && touch $@

build/%.o: %.c build/flags | build/.ready
	$(call say,CC,$<)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) \
	  $(call pkg,cflags,$(WEB_PKGS) $(BRIDGE_PKGS) $(BASE_PKGS)) \
	  -MMD -MP -c -o $@ $<

build/gen/%.o: build/gen/%.c build/flags
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# every statement of sql/queries.sql as an enum and a text
build/gen/db/stmt_names.h build/gen/db/stmt_texts.c &: sql/queries.sql \
		sql/stmts.awk
	$(call say,AWK,$<)mkdir -p build/gen/db && \
	  awk -v part=names -f sql/stmts.awk $< >build/gen/db/stmt_names.h && \
	  awk -v part=texts -f sql/stmts.awk $< >build/gen/db/stmt_texts.c

$(WEB) $(MAINS:%=build/cgi/%.o): | build/gen/db/stmt_names.h
$(UNITS:build/tests/bin/%=build/tests/unit/%.o): | build/gen/db/stmt_names.h

$(LIBS):
	$(call say,AR,$@)mkdir -p $(@D) && rm -f $@ && $(AR) qcs $@ $^

build/bin/gymgate-bridge: build/bridge/main.o build/lib/bridge.a \
		build/lib/base.a
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) -o $@ $^ $(ALL_LDFLAGS) \
	  $(call pkg,libs,$(BRIDGE_PKGS) $(BASE_PKGS)) -lpthread

build/bin/zk-terminal: build/tests/terminal/main.o build/lib/terminal.a \
		build/lib/base.a
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) -o $@ $^ $(ALL_LDFLAGS) \
	  $(call pkg,libs,$(BASE_PKGS)) -lpthread

build/bin/gymgate-%: build/cgi/%.o build/lib/web.a build/lib/base.a
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) -o $@ $^ $(ALL_LDFLAGS) \
	  $(call pkg,libs,$(WEB_PKGS) $(BRIDGE_PKGS) $(BASE_PKGS)) -lfcgi

build/tests/bin/%: build/tests/unit/%.o $(LIBS)
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) -o $@ $^ $(ALL_LDFLAGS) \
	  $(call pkg,libs,$(WEB_PKGS) $(BRIDGE_PKGS) $(BASE_PKGS) cmocka) \
	  -lfcgi -lpthread

# what `make bench` reads a log with, without the bridge
build/tests/bin/zk_read: build/tests/bench/zk_read.o build/lib/bridge.a \
		build/lib/base.a
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) -o $@ $^ $(ALL_LDFLAGS) \
	  $(call pkg,libs,$(BRIDGE_PKGS) $(BASE_PKGS)) -lpthread

# what `make bench` holds the workers against
build/tests/bin/ceiling: build/tests/bench/ceiling.o
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) -o $@ $^ $(ALL_LDFLAGS) \
	  $(call pkg,libs,mysqlclient) -lfcgi

# the same fuzz_*.c, fed by a loop instead of libFuzzer
build/tests/bin/fuzz_%: build/tests/fuzz/fuzz_%.o build/tests/fuzz/driver.o \
		$(LIBS)
	$(call say,LINK,$@)mkdir -p $(@D) && $(CC) -o $@ \
	  $(filter %.o,$^) $(filter %.a,$^) $(ALL_LDFLAGS) \
	  $(call pkg,libs,$(WEB_PKGS) $(BRIDGE_PKGS) $(BASE_PKGS)) -lfcgi \
	  -lpthread

# ---- fuzzers: clang, with objects of their own ---------------------------

FUZZ_CC ?= clang
FUZZ_CFLAGS = $(DEFINES) $(WARN) -O1 -g -fno-omit-frame-pointer \
	-fsanitize=$(FUZZED_WITH) -fno-sanitize-recover=all
FUZZED_WITH = fuzzer-no-link,address,undefined
FUZZED = $(patsubst build/%,build/fuzz/%,$(BASE) $(WEB) $(BRIDGE))

build/fuzz/%.o: %.c Makefile | build/.ready build/gen/db/stmt_names.h
	$(call say,FUZZCC,$<)mkdir -p $(@D) && $(FUZZ_CC) $(FUZZ_CFLAGS) \
	  $(call pkg,cflags,$(WEB_PKGS) $(BRIDGE_PKGS) $(BASE_PKGS)) \
	  -MMD -MP -c -o $@ $<

build/fuzz/gen/%.o: build/gen/%.c Makefile
	$(call say,FUZZCC,$<)mkdir -p $(@D) && $(FUZZ_CC) $(FUZZ_CFLAGS) \
	  -MMD -MP -c -o $@ $<

build/fuzz/all.a: $(FUZZED)
	$(call say,AR,$@)rm -f $@ && $(AR) qcs $@ $^

# what stands in for db.c where whole requests are answered
build/fuzz/bin/request: build/fuzz/tests/fuzz/world.o
build/tests/bin/fuzz_request: build/tests/fuzz/world.o
build/fuzz/tests/fuzz/world.o: FUZZED_WITH = address,undefined

build/fuzz/bin/%: build/fuzz/tests/fuzz/fuzz_%.o build/fuzz/all.a
	$(call say,LINK,$@)mkdir -p $(@D) && $(FUZZ_CC) -o $@ \
	  $(filter %.o,$^) $(filter %.a,$^) \
	  -fsanitize=fuzzer,address,undefined \
	  $(call pkg,libs,$(WEB_PKGS) $(BRIDGE_PKGS) $(BASE_PKGS)) -lfcgi \
	  -lpthread

# ---- what nginx serves ---------------------------------------------------

PICO = node_modules/@picocss/pico/css/pico.min.css

$(PICO):
	@echo 'make: no $@; `make setup` installs it' >&2; false

build/static/.done: $(PICO) $(wildcard html/static/*)
	$(call say,COPY,build/static)rm -rf build/static && \
	  mkdir -p build/static && cp $^ build/static/ && touch $@

# ---- install -------------------------------------------------------------

bindir = $(DESTDIR)$(PREFIX)/bin
datadir = $(DESTDIR)$(PREFIX)/share/gymgate
mandir = $(DESTDIR)$(PREFIX)/share/man
unitdir = $(DESTDIR)$(PREFIX)/lib/systemd/system
confdir = $(DESTDIR)$(SYSCONFDIR)/gymgate
sitedir = $(DESTDIR)$(SYSCONFDIR)/nginx/sites-available
wantsdir = $(DESTDIR)$(SYSCONFDIR)/systemd/system/multi-user.target.wants

MAN = $(wildcard cgi/etc/*.[1-8] bridge/etc/*.[1-8])
UNIT_FILES = $(wildcard $(foreach d,cgi/etc bridge/etc,\
	$d/*.service $d/*.socket $d/*.timer))
CONFS = $(wildcard cgi/etc/*.conf bridge/etc/*.conf)

# $(1): a file, $(2): where it goes, with what stands for places put in
place = sed -e 's|@BINDIR@|$(PREFIX)/bin|g' -e 's|@CONFDIR@|$(SYSCONFDIR)/gymgate|g' \
	-e 's|@DATADIR@|$(PREFIX)/share/gymgate|g' $(1) >$(2) && chmod 644 $(2)
# the same, but what is there stays
place_new = if [ -e $(2) ]; then echo '  KEEP	$(2)'; else $(call place,$(1),$(2)); fi

install: all
	@[ -n '$(RELEASE)' ] || { echo 'make: install what `make RELEASE=1` built:' \
	  'make RELEASE=1 install' >&2; false; }
	$(Q)install -d $(bindir) $(datadir) $(datadir)/html/pages \
	  $(datadir)/html/partials $(datadir)/static $(datadir)/sql/migrations \
	  $(datadir)/nginx $(unitdir) $(confdir) $(sitedir)
	$(Q)install -d -m 700 $(confdir)/whatsapp
	$(Q)install $(PROGRAMS) $(bindir)/
	$(Q)install -m 644 $(wildcard html/*.html) $(datadir)/html/
	$(Q)install -m 644 $(wildcard html/pages/*.html) $(datadir)/html/pages/
	$(Q)install -m 644 $(wildcard html/partials/*.html) \
	  $(datadir)/html/partials/
	$(Q)install -m 644 $(wildcard build/static/*) $(datadir)/static/
	$(Q)install -m 644 sql/grants.sql $(datadir)/sql/
	$(Q)install -m 644 $(wildcard sql/migrations/*.sql) \
	  $(datadir)/sql/migrations/
	$(Q)install -m 644 nginx/http.conf nginx/locations.conf nginx/tls.conf \
	  $(datadir)/nginx/
	$(Q)[ -e $(unitdir)/gymgate-bridge.service ] || { install -d $(wantsdir) \
	  && ln -sf $(PREFIX)/lib/systemd/system/gymgate-bridge.service \
	  $(wantsdir)/; }
	$(Q)$(foreach f,$(UNIT_FILES),$(call place,$f,$(unitdir)/$(notdir $f)) &&) :
	$(Q)$(foreach f,$(MAN),install -D -m 644 $f \
	  $(mandir)/man$(subst .,,$(suffix $f))/$(notdir $f) &&) :
	$(Q)$(foreach f,$(CONFS),$(call place_new,$f,$(confdir)/$(notdir $f)) &&) :
	$(Q)$(call place_new,nginx/gymgate.conf,$(sitedir)/gymgate.conf)

-include $(shell find build -name '*.d' 2>/dev/null)
.SECONDARY:

# Gymgate.  Read from the top this is the manual:
#
#   make            all programs, into build/bin/
#   make run        a whole Gymgate on http://127.0.0.1:8080 (PORT=, RUN_DIR=)
#   make reset      throws away the data of `make run`
#   make test       every layer of tests; T=web/login runs one
#   make lint       what the compiler does not see
#   make install    programs, units, pages (DESTDIR=, PREFIX=)
#   make setup      only installs what is missing for the above
#   make clean      removes build/
#
#   V=1 shows commands; WERROR=1 makes warnings fatal; RELEASE=1 leaves out the
#   clock that tests can set; SANITIZE=address,undefined and WRAP='valgrind -q
#   --error-exitcode=9' go with test.

VERSION = 0.1.0
PREFIX ?= /usr/local
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
HARDEN = -fPIE -fstack-protector-strong \
	$(if $(SANITIZE),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
SANITIZER = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DGYMGATE_VERSION='"$(VERSION)"' \
	-DGYMGATE_PREFIX='"$(PREFIX)"' $(if $(RELEASE),-DGYMGATE_RELEASE) \
	-Icgi -Ibridge -I. -Ibuild/gen $(WARN) $(HARDEN) $(SANITIZER) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,--as-needed $(SANITIZER) $(LDFLAGS)

FLAGS_NOW := $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)
$(shell mkdir -p build && { [ "`cat build/flags 2>/dev/null`" = \
	"$(subst ",\",$(FLAGS_NOW))" ] || \
	printf '%s\n' "$(subst ",\",$(FLAGS_NOW))" >build/flags; })

# ---- what there is -------------------------------------------------------

objects = $(patsubst %.c,build/%.o,$(wildcard $(1)))
BASE = $(call objects,cgi/base/*.c)
WEB = $(call objects,cgi/http/*.c cgi/gym/*.c cgi/db/*.c cgi/pages/*.c \
	cgi/api/*.c) build/gen/db/stmt_texts.o
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

BASE_PKGS = inih
WEB_PKGS = mysqlclient json-c libsodium libevent
BRIDGE_PKGS = libcurl json-c sqlite3
pkg = $(shell pkg-config --$(1) $(2))

all: $(PROGRAMS) $(TOOLS) build/static/.done

# ---- objects and programs ------------------------------------------------

build/%.o: %.c build/flags
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
	$(call say,AR,$@)mkdir -p $(@D) && rm -f $@ && $(AR) rcs $@ $^

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

-include $(shell find build -name '*.d' 2>/dev/null)
.SECONDARY:

# A first Makefile: grows in the hands of whoever owns it.
BUILD ?= build
MODE ?= release
OUT := $(BUILD)/$(MODE)
GEN := $(BUILD)/gen
CC ?= gcc
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wwrite-strings -Wvla
CFLAGS_release := -O2 -g
CFLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer
CFLAGS := -std=c11 -D_GNU_SOURCE -ffp-contract=off -fno-math-errno -I. -I$(GEN) $(WARN) $(CFLAGS_$(MODE))
all: $(OUT)/gd

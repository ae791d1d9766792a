/* base.h — what every room uses: sizes, memory, arenas, text.
 *
 * Memory has one policy.  `mem_*` never return NULL: when the system refuses, the process says so
 * on standard error and ends with status 71 (FAULTS.md, E8); files are whole at any moment because
 * they are only ever renamed into place.  What a script can make large on purpose (tensors, lists,
 * strings) is asked for through `mem_reserve` first, which counts against the budget of
 * --max-memory and can refuse: that is an error at a line of the script, and the process goes on.
 *
 * An Arena gives memory that is freed all at once.  A Text is a growing string.
 * Sizes that come from a script or a file go through `size_mul` and `size_add`.
 */
#ifndef GD_RUNTIME_BASE_BASE_H
#define GD_RUNTIME_BASE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define PRINTF_LIKE(text, first) __attribute__((__format__(__printf__, text, first)))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define NORETURN __attribute__((noreturn))
#else
#define PRINTF_LIKE(text, first)
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#define NORETURN
#endif

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* ---- memory: aligned to 64 bytes where `mem_align64` says so, else to 16 ---- */
void *mem_alloc(size_t bytes);           /* returns new memory, not cleared */
void *mem_zero(size_t bytes);            /* returns new memory, cleared */
void *mem_grow(void *old, size_t bytes); /* takes `old`, returns it at its new size */
void mem_free(void *memory);             /* takes; NULL is fine */
/* the size of an allocation with its overhead; 0 where the C library does not say */
size_t mem_size(void *memory);
/* returns new memory on a cache line; free with mem_free */
void *mem_align64(size_t bytes);
/* the same, but NULL when the system refuses: for sizes that a script chooses */
void *mem_try64(size_t bytes);
/* frees what one of these two returned, `bytes` long; a large block is kept for the next request of
 * about its size */
void mem_free64(void *memory, size_t bytes);
/* ends the process as the others do: for when the C library itself got no memory */
NORETURN void mem_out(void);
char *mem_text(const char *text, size_t length); /* returns a new copy with a final NUL */
/* number of calls that allocated or grew memory, on any thread: for tests */
uint64_t mem_allocations(void);

/* Makes the C library keep freed memory (up to 64 MiB at the end of the heap).  Only the program
 * itself calls it, once, because it changes malloc for the whole process. */
void mem_keep(void);

/* The budget of what a script makes: bytes in use and the most allowed (0: three
 * quarters of the machine's memory).  `mem_reserve` is false when it would not fit. */
void mem_budget(size_t bytes);
size_t mem_budget_bytes(void);
size_t mem_used_bytes(void);
size_t mem_taken(size_t bytes); /* by an allocation of so many: large pages are filled up */
/* Gives what the heap has free back to the system. */
void mem_settle(void);
size_t mem_resident(void); /* bytes of the process that are in memory; 0: not known */
bool mem_reserve(size_t bytes);
/* counts without asking, for what is too small to refuse */
void mem_charge(size_t bytes);
void mem_release(size_t bytes);

/* Checked arithmetic on sizes; false on overflow. */
static inline bool size_mul(int64_t a, int64_t b, int64_t *result) {
  return !__builtin_mul_overflow(a, b, result);
}
static inline bool size_add(int64_t a, int64_t b, int64_t *result) {
  return !__builtin_add_overflow(a, b, result);
}

/* ---- arena: everything in it lives until arena_free ---- */
typedef struct ArenaChunk ArenaChunk;
typedef struct Arena {
  ArenaChunk *chunk; /* the newest chunk; older ones hang behind it */
  size_t used;       /* bytes taken of the newest chunk */
  size_t total;      /* bytes asked for since arena_reset */
} Arena;

/* cleared, aligned to 16 */
void *arena_alloc(Arena *arena, size_t bytes);
void *arena_take(Arena *arena, size_t bytes); /* the same, not cleared */
/* copies, with a final NUL */
char *arena_text(Arena *arena, const char *text, size_t length);
void arena_reset(Arena *arena); /* discards its contents, keeps one chunk for the next use */
void arena_free(Arena *arena);

/* ---- text: a growing string, always with a final NUL once something was added ---- */
typedef struct Text {
  char *data;      /* owned; NULL while empty */
  size_t length;   /* bytes without the final NUL */
  size_t capacity; /* bytes at `data` */
} Text;

void text_add(Text *text, const char *bytes, size_t length);
void text_string(Text *text, const char *string);
void text_char(Text *text, char byte);
void text_code_point(Text *text, uint32_t code); /* as UTF-8 */
/* never for doubles: the locale might speak; use text_number */
void text_format(Text *text, const char *format, ...) PRINTF_LIKE(2, 3);
/* snprintf for messages (format.c): a string with a limit, `%.64s`, and a whole that does not fit
 * are cut at a whole character, with an ellipsis.  The length that the whole needs. */
size_t text_print(char *into, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
size_t text_print_list(char *into, size_t size, const char *format, va_list values)
    PRINTF_LIKE(3, 0);
/* LANGUAGE.md section 2: the shortest text that reads back the same */
void text_number(Text *text, double number);
/* to so many significant digits, trailing zeros dropped (tensor elements: 6) */
void text_digits(Text *text, double number, int digits);
/* the same of an amount, whose whole part is never cut: 99.6 to two digits is 100, 124.3 is 124 */
void text_rounded(Text *text, double number, int digits);
/* control bytes and broken UTF-8 as \x1b */
void text_escaped(Text *text, const char *bytes, size_t length);
/* how many of the bytes to show where at most `most` are wanted: `length`, or fewer that end at a
 * whole character */
size_t text_whole(const char *bytes, size_t length, size_t most);
/* length and code point of the UTF-8 sequence there; 0 when it is malformed */
size_t text_decode(const char *bytes, size_t length, uint32_t *code);
void text_free(Text *text);

/* ---- hash: a seeded 64-bit hash of bytes (wyhash-like mixing of our own) ---- */
uint64_t hash_bytes(const void *bytes, size_t length, uint64_t seed);
/* For large memory that nobody builds on purpose: tells any two contents apart that differ in one
 * word, and others by chance.  At the pace of memory. */
uint64_t hash_memory(const void *bytes, size_t length, uint64_t seed);
__extension__ typedef unsigned __int128 Wide; /* 128 bits, for products */
static inline uint64_t hash_mix(uint64_t a, uint64_t b) {
  Wide product = (Wide)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xd1b54a32d192ed03u);
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* ---- edit distance with transpositions, for "did you mean": the distance, at most `limit` + 1
 * ---- */
int text_distance(const char *a, const char *b, int limit);

/* Reads a number as the language writes it, independent of locale; false when it is malformed or
 * out of range. `length` bytes, no NUL needed.  Accepts what strtod in the C locale accepts of
 * decimal forms, nothing else. */
bool number_parse(const char *text, size_t length, double *number);
/* The decimal that a value of f32 stands for: the shortest that f32 rounds to it, 0.1. */
double number_meant(double single);
/* Puts numbers, none of them NaN, in ascending order. */
void number_sort(double *numbers, size_t count);

#endif

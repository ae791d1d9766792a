/* shrink.h — the smallest program that fails in the same way. */
#pragma once

#include "tests/tools/generate/judge.h"

/* Gives a smaller copy, and what is wrong with it in *fault; the program itself where none is
 * smaller. */
Program *shrink_program(const Judge *judge, Program *program, bool narrow, Fault *fault);

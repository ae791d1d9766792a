/* domain.h — what a param is trained as, and what the script sees of it. */
#ifndef GD_LANG_DOMAIN_H
#define GD_LANG_DOMAIN_H

#include "lang/value.h"

NodeId domain_inside(Maker *maker, NodeId raw, Domain domain);    /* the trained storage → the value inside the domain */
NodeId domain_outside(Maker *maker, NodeId value, Domain domain); /* the inverse: what must be stored so that domain_inside gives `value` */

#endif

" gd: models, losses and optimizers.
if exists('b:current_syntax') | finish | endif
syn keyword gdKeyword @keywords< >@
syn keyword gdOperatorWord @operators< >@
syn keyword gdConstant @constants< >@
syn match gdFunction /\<\%(@functions<\|>@\)\>/
syn keyword gdClass @classes< >@
syn match gdDeclaration /\<\%(@declarations<\|>@\)\ze\s\+["(A-Za-z_]/
syn match gdClause /\%(^\|[{;]\)\s*\zs\%(@clauses<\|>@\)\ze\s*:/
syn match gdNumber /\<0[xX][0-9a-fA-F_]\+\>\|\<\d[0-9_]*\%(\.\d[0-9_]*\)\?\%([eE][+-]\?\d\+\)\?/
syn match gdOperator /|>\|->\|\.\.\|[-+*\/%@^=<>!']/
syn region gdInside matchgroup=gdBrace start=/{/ end=/}/ contained contains=TOP
syn match gdEscape /\\\%(u{\x*}\|.\)\|{{\|}}/ contained
syn region gdString start=/"/ skip=/\\./ end=/"\|$/ contains=gdEscape,gdInside
syn region gdString start=/"""/ end=/"""/ contains=gdEscape,gdInside
syn match gdComment /#.*$/ contains=@Spell
syn match gdDoc /##.*$/ contains=@Spell
hi def link gdKeyword Keyword
hi def link gdOperatorWord Operator
hi def link gdConstant Constant
hi def link gdFunction Function
hi def link gdClass Type
hi def link gdDeclaration Statement
hi def link gdClause Label
hi def link gdNumber Number
hi def link gdOperator Operator
hi def link gdBrace Special
hi def link gdEscape SpecialChar
hi def link gdString String
hi def link gdComment Comment
hi def link gdDoc SpecialComment
let b:current_syntax = 'gd'

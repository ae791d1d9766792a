(comment) @comment
(string) @string
(number) @number
(clause_name) @property
["@keywords<" ">@" "@operators<" ">@"] @keyword
["@declarations<" ">@"] @keyword.type
["@constants<" ">@"] @constant.builtin
((name) @type.builtin (#any-of? @type.builtin "@classes<" ">@"))
((name) @function.builtin (#any-of? @function.builtin "@functions<" ">@"))
(interpolation ["{" "}"] @punctuation.special)
(escape) @string.escape

" Vim and Neovim take *.gd for the scripts of a game engine: theirs is replaced.
au BufRead,BufNewFile *.gd set filetype=gd

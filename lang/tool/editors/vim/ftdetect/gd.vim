au BufRead,BufNewFile *.gd setfiletype gd

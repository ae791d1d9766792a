if exists('b:did_ftplugin') | finish | endif
let b:did_ftplugin = 1
setlocal commentstring=#\ %s comments=:##,:# shiftwidth=2 softtabstop=2 expandtab smartindent
setlocal equalprg=gd\ fmt\ - makeprg=gd\ check\ %
setlocal errorformat=%E%trror:\ %m,%W%tarning:\ %m,%C\ %#-->\ %f:%l:%c,%-G%.%#
let b:undo_ftplugin = 'setl cms< com< sw< sts< et< si< ep< mp< efm<'

"""The rules of iWmo/iJw 3.2 above level 1: one declaration per rule, with the function that looks."""

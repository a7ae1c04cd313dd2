-- budget
::again::
goto again

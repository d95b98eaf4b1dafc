### The representative's pages.

cases-title = Cases
cases-empty = No case yet
cases-empty-text = Cases appear here when buyers ask for a return, or when you open one for a buyer.
cases-case = Case
cases-state = State
cases-opened = Opened
cases-due = Due

"""Its presence lets the folders below import the modules that stand here."""

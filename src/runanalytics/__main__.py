"""`python -m runanalytics`, where the command itself is not on the path."""

from runanalytics.cli import main

if __name__ == "__main__":
    main()

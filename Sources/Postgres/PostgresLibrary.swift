/// libpq, opened at run time.
enum PostgresLibrary {}

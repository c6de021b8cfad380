"""
The only room that knows every other: settings in, running house out. It owns the clock.

    assemble  puts the parts together on one database, whatever stands around it
    house     builds everything once, from the settings
    running   `serve`, `work`, `migrate`: runs what was built until it is told to stop
    rules     lets the rules file count again
    doctor    looks at everything the house stands on and says what to fix
"""

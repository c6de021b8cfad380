"""
The book: what happened, written so that nobody can quietly rewrite it. Pure: no database, no AWS, no clock.

    entry        one happening -> its canonical bytes
    place        those bytes, their index and the signature that ties the two: one line of the book
    tree         RFC 6962 hashes and the frontier that a tree grows from
    proof        RFC 6962 inclusion and consistency proofs, made and checked
    key, note    Ed25519 keys and signed notes, as C2SP writes them
    checkpoint   a signed statement of the tree's size and root (C2SP tlog-checkpoint)
    tlog_proof   one entry's proof as one text (C2SP tlog-proof)
    consistency  the proof of growth as one text (C2SP tlog-witness)
    fold         new entries -> leaves, signatures, the next frontier, a checkpoint
    export       the book as a file
    lines        that file, read back in flat memory
    verify       the file checked with the public key alone; `blame` names the first wrong entry
    verify_proof a proof checked with the public key alone

Who holds the private key can write a second book from any point on. Against that helps only a checkpoint kept
where they cannot reach: `verify(..., against=)`. One book has one key; to change keys, begin a new book.
"""

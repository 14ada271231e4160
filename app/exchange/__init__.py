"""Exchange: files that come in, all or nothing, and the records that an academy starts from."""

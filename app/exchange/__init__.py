"""Exchange: files that come in, with a preview, all or nothing, and the records that an academy starts from."""

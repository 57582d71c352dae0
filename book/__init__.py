"""The site of all notebooks: ``build`` renders it (make book), ``explorer_frames`` its explorers without a kernel."""

"""WhatsApp as Meta's Cloud API speaks it (protocols 1): its webhooks, its sends, its errors."""

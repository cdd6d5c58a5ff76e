"""WhatsApp as Twilio speaks it (protocols 2): its forms, its sends, its errors."""

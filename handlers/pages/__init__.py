"""What the pages of the desk show: read for one page, kept by nobody."""

"""The commissioning procedure by admission: questions, applications, assessment, standstill."""

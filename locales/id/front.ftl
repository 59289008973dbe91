front-title = Seberapa produktif Indonesia
front-question = Seberapa produktif Indonesia, di mana, dan dalam bidang apa?

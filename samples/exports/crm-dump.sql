--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE public.contacts (
    id integer NOT NULL,
    full_name text,
    email character varying(254),
    born date,
    country character(2),
    ssn text,
    steuer_id character varying(11),
    created_at timestamp with time zone
);

COPY public.contacts (id, full_name, email, born, country, ssn, steuer_id, created_at) FROM stdin;
501	Elspeth Garrowby	elspeth.garrowby@sevenoaks-letters.org	1980-01-18	GB	BB918502B	\N	2023-08-13 11:97:00+00
502	Maud Ottershaw	maud.ottershaw@quillbox-mail.net	1957-03-06	GB	PB253751B	\N	2025-11-11 18:97:00+00
503	Rüdiger Kößlinger	ruediger.koesslinger@harborline-mail.net	1994-08-20	DE	13200894K207	85169208732	2023-07-07 14:07:00+00
504	Elspeth Garrowby	elspeth.garrowby@sevenoaks-letters.org	1963-04-04	GB	GB150470B	\N	2023-02-02 14:37:00+00
505	Élodie Pommereuil	elodie.pommereuil@sevenoaks-letters.org	1982-05-25	FR	182054718507480	\N	2025-09-15 10:57:00+00
506	Maud Ottershaw	maud.ottershaw@sevenoaks-letters.org	1979-06-04	GB	RY163151D	\N	2025-07-29 16:17:00+00
507	Elspeth Garrowby	elspeth.garrowby@lanternpost-mail.com	1968-01-03	GB	RS586890A	\N	2024-07-24 17:07:00+00
508	Jörg Hänselmann	joerg.haenselmann@lanternpost-mail.com	1958-12-12	DE	15121258H379	61085342275	2023-12-24 14:37:00+00
509	Alistair Penbrook	alistair.penbrook@sevenoaks-letters.org	1959-06-02	GB	TX066749C	\N	2023-01-29 17:47:00+00
510	Maud Ottershaw	maud.ottershaw@harborline-mail.net	1984-08-15	GB	MJ897265B	\N	2025-08-16 13:77:00+00
511	Océane Vauquelin	oceane.vauquelin@quillbox-mail.net	1960-11-17	FR	260113632413979	\N	2025-09-15 09:17:00+00
512	Rufus Tindlewick	rufus.tindlewick@sevenoaks-letters.org	2000-01-13	GB	EY147177D	\N	2023-06-20 10:47:00+00
513	Jürgen Weißhaupt	juergen.weisshaupt@quillbox-mail.net	1950-01-16	DE	15160150W465	83479512679	2023-05-09 08:07:00+00
514	Anatole Brisevent	anatole.brisevent@lanternpost-mail.com	1974-12-25	FR	174122416618812	\N	2024-07-31 10:07:00+00
515	Margarete Dörrenbächer	margarete.doerrenbaecher@lanternpost-mail.com	1961-12-28	DE	20281261D123	64152073495	2025-06-15 18:37:00+00
516	Rémi Castelnoir	remi.castelnoir@lanternpost-mail.com	2000-10-11	FR	100106822025750	\N	2024-12-09 14:27:00+00
517	Élodie Pommereuil	elodie.pommereuil@harborline-mail.net	1951-07-14	FR	251074233419733	\N	2023-10-22 09:07:00+00
518	Elspeth Garrowby	elspeth.garrowby@sevenoaks-letters.org	1963-11-13	GB	MJ426677C	\N	2023-06-16 16:87:00+00
519	Sieglinde Pfützner	sieglinde.pfuetzner@sevenoaks-letters.org	1968-02-03	DE	15030268P264	73148052092	2024-07-04 17:77:00+00
520	Elspeth Garrowby	elspeth.garrowby@harborline-mail.net	1977-08-08	GB	HP201782A	\N	2024-10-13 08:37:00+00
521	Jürgen Weißhaupt	juergen.weisshaupt@lanternpost-mail.com	1999-04-03	DE	28030499W267	30196528705	2025-05-30 09:37:00+00
522	Rufus Tindlewick	rufus.tindlewick@lanternpost-mail.com	1976-07-18	GB	XA041151D	\N	2025-01-02 15:27:00+00
523	Océane Vauquelin	oceane.vauquelin@sevenoaks-letters.org	1955-05-30	FR	255052606418111	\N	2025-10-21 17:17:00+00
524	Lieselotte Grünewälder	lieselotte.gruenewaelder@quillbox-mail.net	1965-03-18	DE	23180365G147	73265134984	2025-04-28 18:47:00+00
525	Rémi Castelnoir	remi.castelnoir@quillbox-mail.net	1963-09-12	FR	263095309721663	\N	2024-06-05 18:67:00+00
526	Élodie Pommereuil	elodie.pommereuil@sevenoaks-letters.org	1981-03-18	FR	181032919927460	\N	2024-12-13 11:17:00+00
527	Lieselotte Grünewälder	lieselotte.gruenewaelder@harborline-mail.net	1963-06-28	DE	26280663G449	53605427917	2024-12-07 11:47:00+00
528	Björn Aldehövel	bjoern.aldehoevel@sevenoaks-letters.org	1985-04-01	DE	25010485A125	31467528943	2024-08-20 13:57:00+00
529	Rémi Castelnoir	remi.castelnoir@lanternpost-mail.com	1961-01-07	FR	161014425528774	\N	2023-05-27 17:87:00+00
530	Rémi Castelnoir	remi.castelnoir@harborline-mail.net	1971-12-26	FR	171127620117447	\N	2024-11-22 14:77:00+00
531	Björn Aldehövel	bjoern.aldehoevel@lanternpost-mail.com	1990-11-03	DE	28031190A095	69512708646	2024-11-30 16:57:00+00
532	Rufus Tindlewick	rufus.tindlewick@lanternpost-mail.com	1967-01-04	GB	PE214027C	\N	2025-02-16 15:27:00+00
533	Océane Vauquelin	oceane.vauquelin@quillbox-mail.net	1986-08-04	FR	286084126213006	\N	2025-03-14 16:97:00+00
534	Jürgen Weißhaupt	juergen.weisshaupt@harborline-mail.net	1995-01-10	DE	26100195W413	62379451099	2025-12-13 13:07:00+00
535	Anatole Brisevent	anatole.brisevent@harborline-mail.net	1985-12-29	FR	285125312523913	\N	2024-10-25 11:27:00+00
536	Annegret Möllenbrock	annegret.moellenbrock@lanternpost-mail.com	1962-09-15	DE	13150962M412	36872104497	2025-10-30 15:67:00+00
537	Anatole Brisevent	anatole.brisevent@lanternpost-mail.com	1996-07-06	FR	296074322906615	\N	2024-12-18 13:47:00+00
538	Rémi Castelnoir	remi.castelnoir@lanternpost-mail.com	1968-08-27	FR	168084419129311	\N	2023-07-14 12:07:00+00
539	Elspeth Garrowby	elspeth.garrowby@lanternpost-mail.com	1959-06-01	GB	YZ978762C	\N	2024-07-05 13:07:00+00
540	Sieglinde Pfützner	sieglinde.pfuetzner@sevenoaks-letters.org	1981-05-07	DE	20070581P310	73054216289	2023-04-03 10:47:00+00
\.

ALTER TABLE ONLY public.contacts ADD CONSTRAINT contacts_pkey PRIMARY KEY (id);

-- Taken over from the old shop (MySQL) by hand:

CREATE TABLE `payouts` (
  `id` int NOT NULL AUTO_INCREMENT,
  `account_holder` varchar(120) DEFAULT NULL,
  `iban` varchar(34) DEFAULT NULL,
  `amount` decimal(10,2) DEFAULT NULL,
  `paid_on` date DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;

INSERT INTO `payouts` VALUES (1,'Jürgen Weißhaupt','DE50985190228643156908',316.21,'2025-04-13'),
(2,'Annegret Möllenbrock','DE41986927441201773312',245.10,'2025-07-24'),
(3,'Sieglinde Pfützner','DE97971973191236308172',168.11,'2025-10-30'),
(4,'Jürgen Weißhaupt','DE90915626823276372627',182.44,'2025-07-07'),
(5,'Änne Vöhringhaus','DE56997062667775608315',758.14,'2025-10-13'),
(6,'Annegret Möllenbrock','DE27922813304219564477',104.66,'2025-05-14'),
(7,'Annegret Möllenbrock','DE26937707231077052897',864.42,'2025-04-25'),
(8,'Björn Aldehövel','DE47915418558155086357',662.38,'2025-10-06'),
(9,'Änne Vöhringhaus','DE80954976317796155635',618.28,'2025-12-10'),
(10,'Lieselotte Grünewälder','DE61902043175691756994',392.59,'2025-09-16'),
(11,'Käthe Sünnerberg','DE27954964202177953424',636.95,'2025-02-14'),
(12,'Jürgen Weißhaupt','DE71977551647593528494',604.18,'2025-10-26'),
(13,'Rüdiger Kößlinger','DE42930114124947492335',490.72,'2025-04-29'),
(14,'Götz Brüggenthies','DE64906265623955322011',75.38,'2025-08-26'),
(15,'Rüdiger Kößlinger','DE05979608459612843215',157.64,'2025-11-28'),
(16,'Lieselotte Grünewälder','DE05975378325132646983',121.98,'2025-11-06');
